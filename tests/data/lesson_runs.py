#!/usr/bin/env python3
"""Makes the runs that lessons show of one shipped model (```runs ID with MODEL), with five seeds each.

    cargo build --release --bin warmup
    python3 tests/data/lesson_runs.py MODELS [LESSON …] [--model minilm] [--warmup target/release/warmup] [--work FOLDER]

MODELS is a folder of model folders; `./dev build` leaves MiniLM's small form in its cache, under minilm/small. The lesson's own seed
is recorded in `www/recorded/LESSON.json`, in the place of older runs of those names; the page replays it. All seeds together make
the table that is printed, for `docs/results.md` and the lesson. `node tests/e2e/record.mjs` records in the page instead, which takes
several times as long. Standard library only. Runs that FOLDER already holds are not made again.
"""

import argparse
import json
import re
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LESSONS, RECORDED, DATA = ROOT / "src/lessons/en", ROOT / "www/recorded", ROOT / "www/data"
SEEDS = (7, 1, 2, 3, 4)
# A setting of an address, and the flag that says the same.
FLAGS = {
    "strategy": "strategy", "lr": "learning-rate", "steps": "steps", "batch": "batch-size", "warmup": "warmup-steps",
    "length": "max-length", "seed": "seed", "freeze": "freeze-layers", "rank": "rank", "alpha": "alpha",
    "targets": "target-modules", "dropout": "dropout", "examples": "examples", "decay": "weight-decay", "schedule": "schedule",
}  # fmt: skip
# What a run has where nothing else is said.
USUAL = {"strategy": "lora", "schedule": "linear", "batch": "16", "examples": "0", "data": "opinions"}
# Settings of one strategy, which an address may name beside another.
ONLY = {"freeze": "partial", "rank": "lora", "alpha": "lora", "targets": "lora", "dropout": "lora"}
# Points kept of a curve, and evaluations within a run, as the page has them.
MOST_POINTS, EVALUATIONS = 120, 3


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", type=Path)
    parser.add_argument("lessons", nargs="*")
    parser.add_argument("--warmup", default=str(ROOT / "target/release/warmup"))
    parser.add_argument("--seeds", type=int, default=len(SEEDS), help="how many of them; the lesson's own is the first")
    parser.add_argument("--work", help="keep the runs here instead of in a folder that is thrown away")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        for path in sorted(LESSONS.glob("*.md")):
            presets = list(presets_of(path.read_text()))
            if presets and (not arguments.lessons or path.stem in arguments.lessons):
                make(path.stem, presets, arguments, Path(arguments.work or scratch))


def presets_of(text):
    """Key, label, model and settings of every run of a set `with MODEL`."""
    shared = pairs(re.search(r"^settings: (.*)$", text, re.M)[1]) if re.search(r"^settings:", text, re.M) else {}
    for model, inside in re.findall(r"^```runs \S+ with (\S+)\n(.*?)^```", text, re.M | re.S):
        for key, label, settings in re.findall(r"^- (\S+): (.*?) \| (\S+)$", inside, re.M):
            both = {**USUAL, **shared, **pairs(settings)}
            yield key, label, model, {name: value for name, value in both.items() if ONLY.get(name, both["strategy"]) == both["strategy"]}


def pairs(query):
    return dict(pair.split("=", 1) for pair in query.split("&"))


def make(lesson, presets, arguments, work):
    print(f"\n{lesson}\n\n| run | trained | accuracy | loss | questions that find their passage |\n| --- | --: | --: | --: | --: |")
    records = []
    for key, label, model, settings in presets:
        runs = [run(arguments, model, {**settings, "seed": str(seed)}, work) for seed in SEEDS[: arguments.seeds]]
        print(row(label, [summary for summary, _ in runs]), flush=True)
        records.append(record(lesson, key, model, {**settings, "seed": str(SEEDS[0])}, *runs[0]))
    path = RECORDED / f"{lesson}.json"
    made = [own["key"] for own in records]
    kept = json.loads(path.read_text()) if path.exists() else []
    lines = [json.dumps(run, separators=(",", ":"), ensure_ascii=False) for run in kept if run["key"] not in made]
    lines += [json.dumps(short(run), separators=(",", ":")) for run in records]
    path.write_text("[\n" + ",\n".join(lines) + "\n]\n")


def run(arguments, model, settings, work):
    """The summary and the steps of a run."""
    out = work / ("-".join([model, *(f"{key}_{value}" for key, value in sorted(settings.items()))]).replace("/", "_").replace(",", "+"))
    if not (out / "summary.json").exists():
        data = DATA / f"{settings['data']}.csv"
        every = max(1, int(settings["steps"]) // EVALUATIONS)
        command = [arguments.warmup, "finetune", "--model", str(arguments.models / model), "--data", str(data), "--task", "sequence-classification",
                   "--general", str(DATA / "passages.jsonl"), "--eval-steps", str(every), "--out", str(out)]  # fmt: skip
        for key, value in settings.items():
            if key not in ("data", *FLAGS):
                raise SystemExit(f"{key}={value}: this script knows no flag for it; add it to FLAGS")
            command += [f"--{FLAGS[key]}", value] if key in FLAGS else []
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for weights in out.glob("*.safetensors"):
            weights.unlink()
    steps = [json.loads(line) for line in (out / "metrics.jsonl").read_text().splitlines()]
    return json.loads((out / "summary.json").read_text()), steps


def row(label, summaries):
    def range_of(what, form):
        values = [what(summary) for summary in summaries]
        return f"{statistics.mean(values):{form}} ({min(values):{form}} to {max(values):{form}})"

    share = summaries[0]["trainable_parameters"] / summaries[0]["total_parameters"]
    after = range_of(lambda s: s["test"]["after"]["accuracy"], ".1%")
    loss = range_of(lambda s: s["test"]["after"]["loss"], ".3f")
    found = range_of(lambda s: s["general"]["found_after"] / s["general"]["questions"], ".1%")
    return f"| {label} | {share:.2%} | {after} | {loss} | {found} |"


def record(lesson, key, model, settings, summary, steps):
    """As `RunRecord` keeps a run."""
    numbers = [line for line in steps if "learning_rate" in line]
    stride = max(1, -(-len(numbers) // MOST_POINTS))
    curve = [line for at, line in enumerate(numbers) if at % stride == 0 or at == len(numbers) - 1]
    own = [name for name in settings if name != "data"]
    return {
        "lesson": lesson, "key": key, "settings": "&".join(f"{name}={settings[name]}" for name in [*own, "data"]), "model": model,
        "made_at_millis": int(1000 * time.time()), "device": "CPU, on the command line",
        "classes": len(summary["labels"]),
        "trainable": summary["trainable_parameters"], "total": summary["total_parameters"], "steps": len(numbers),
        "seconds": summary["seconds"], "saved_bytes": summary["bytes_saved"],
        "before": figures(summary, "before"), "after": figures(summary, "after"), "sample_before": "", "sample_after": "",
        "curve": [{"step": line["step"], "loss_nats": line["loss"], "learning_rate": line["learning_rate"], "gradient_norm": line["grad_norm"]} for line in curve],
        "validation": [[line["step"] + 1, line["eval_loss"]] for line in steps if "eval_loss" in line], "general": [],
        "retrieval": [[at, figures(summary, when)["retrieval"]] for at, when in ((0, "before"), (len(numbers), "after"))],
    }  # fmt: skip


def figures(summary, when):
    test, general = summary["test"][when], summary["general"]
    return {"accuracy": test["accuracy"], "loss_nats": test["loss"], "perplexity": None, "retrieval": general[f"found_{when}"] / general["questions"]}


def short(value):
    """Six digits are more than any chart shows."""
    if isinstance(value, float):
        return float(f"{value:.6g}")
    if isinstance(value, dict):
        return {key: short(part) for key, part in value.items()}
    return [short(part) for part in value] if isinstance(value, list) else value


if __name__ == "__main__":
    main()
