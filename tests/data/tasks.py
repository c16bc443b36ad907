#!/usr/bin/env python3
"""Every strategy on every task: the second table of `docs/results.md`.

    cargo build --release --bin warmup
    python3 tests/data/tasks.py [--warmup target/release/warmup] [--work FOLDER] [--model FOLDER] [--only NAME …] [--steps N]

One seed, one budget of steps for a task, whatever the strategy; a rate for each strategy that was chosen on the reviews.
Standard library only; about twenty minutes on two cores.
"""

import argparse
import json
import subprocess
import tempfile
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MODEL, DATA = ROOT / "www/models/nano", ROOT / "www/data"
SEED = 7
# The task's name here: its --task, its data, its steps, its metric, and whether less of that is better.
TASKS = {
    "reviews": ("sequence-classification", "reviews.csv", 120, "accuracy", False),
    "moderation": ("multi-label-classification", "moderation.csv", 400, "micro_f1", False),
    "entities": ("token-classification", "ner.jsonl", 400, "f1", False),
    "questions": ("question-answering", "qa.jsonl", 60, "f1", False),
    "instructions": ("causal-lm", "instructions.jsonl", 60, "perplexity", True),
    "beekeeping": ("causal-lm", "beekeeping.txt", 60, "perplexity", True),
}
STRATEGIES = {
    "full": ["--strategy", "full", "--learning-rate", "3e-4"],
    "partial": ["--strategy", "partial", "--learning-rate", "3e-4"],
    "head": ["--strategy", "head", "--learning-rate", "1e-2"],
    "bitfit": ["--strategy", "bitfit", "--learning-rate", "3e-3"],
    "lora": ["--strategy", "lora", "--learning-rate", "1e-3"],
    "lora, DoRA": ["--strategy", "lora", "--use-dora", "--learning-rate", "1e-3"],
    "adapter, Pfeiffer": ["--strategy", "adapter", "--learning-rate", "1e-3"],
    "adapter, Houlsby": ["--strategy", "adapter", "--placement", "houlsby", "--learning-rate", "1e-3"],
    "ia3": ["--strategy", "ia3", "--learning-rate", "1e-2"],
    "prompt": ["--strategy", "prompt", "--learning-rate", "3e-2"],
    "prefix": ["--strategy", "prefix", "--learning-rate", "1e-2"],
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--warmup", default=str(ROOT / "target/release/warmup"))
    parser.add_argument("--work", help="keep the runs here instead of in a folder that is thrown away")
    parser.add_argument("--model", default=str(MODEL), help="another model's folder")
    parser.add_argument("--steps", type=int, help="another budget than the task's own")
    parser.add_argument("--only", nargs="+", choices=TASKS, default=list(TASKS), help="these tasks alone")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        work = Path(arguments.work or scratch)
        work.mkdir(parents=True, exist_ok=True)
        for name in arguments.only:
            task, data, steps, metric, less_is_better = TASKS[name]
            run = partial(finetune, arguments.warmup, arguments.model, task, data, arguments.steps or steps)
            table(run, work, name, task, arguments.steps or steps, metric, less_is_better)


def table(finetuned, work, name, task, steps, metric, less_is_better):
    better = "lower is better" if less_is_better else "higher is better"
    print(f"\n### {name}: `{task}`, {steps} steps, {metric.replace('_', ' ')} on the test split ({better})\n")
    print("| strategy | trains | before | after | stories, perplexity | training time | saved |")
    print("| --- | --: | --: | --: | --: | --: | --: |")
    for strategy, flags in STRATEGIES.items():
        run = finetuned(work / f"{name}-{strategy}".replace(", ", "-"), flags)
        if isinstance(run, str):
            print(f"| `{strategy}` | refused: {run} | | | | | |", flush=True)
            continue
        before, after = (run["test"][when][metric] for when in ("before", "after"))
        form = "{:.1f}" if less_is_better else "{:.1%}"
        cells = [
            f"`{strategy}`",
            f"{run['trainable_parameters']:,}",
            form.format(before),
            form.format(after),
            f"{run['general']['perplexity_before']:.1f} to {run['general']['perplexity_after']:.1f}",
            f"{run['training_seconds']:.0f} s",
            f"{run['bytes_saved'] / 1024:,.0f} KiB",
        ]
        print("| " + " | ".join(cells) + " |", flush=True)


def finetune(warmup, model, task, data, steps, out, flags):
    """The run's summary, or why there can be none."""
    command = [
        warmup, "finetune", "--model", model, "--data", DATA / data, "--task", task, "--out", out, "--steps", steps,
        "--general", DATA / "stories.txt", "--general-tokens", 4096, "--seed", SEED, *flags,
    ]
    done = subprocess.run([*map(str, command)], capture_output=True, text=True)
    if done.returncode:
        return done.stderr.strip().splitlines()[-1].removeprefix("warmup: ")
    return json.loads((out / "summary.json").read_text())


if __name__ == "__main__":
    main()
