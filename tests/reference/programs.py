#!/usr/bin/env python3
"""Runs the programs that the page writes (tests/scripts), from beginning to end, and compares their losses with `warmup finetune`.

    pip install torch transformers accelerate peft adapters
    cargo build --release --bin warmup
    python3 tests/reference/programs.py all [PROGRAM …]        # the tables of docs/scripts.md
    python3 tests/reference/programs.py losses [--warmup target/release/warmup]

`all` runs each program as it stands, on the data that it names, and prints what it trains and its scores. `losses` gives both sides one
batch of the same rows at every step, so that no order of rows can part them, and a base whose head is there already. It prints the
largest distance of any step's loss, and fails above 1e-3; of a program that draws a matrix of its own, only the steps before that counts.
"""

import argparse
import csv
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS, MODELS, DATA = ROOT / "tests/scripts", ROOT / "www/models", ROOT / "www/data"
TOLERANCE = 1e-3
BATCH, STEPS = 16, 60
# Program: the task, and the flags of the command line that say what the program does.
ALIKE = {
    "full": ("sequence-classification", "--strategy full --learning-rate 3e-4"),
    "partial": ("sequence-classification", "--strategy partial --freeze-layers 2 --learning-rate 3e-4"),
    "head": ("sequence-classification", "--strategy head --learning-rate 1e-2 --schedule constant"),
    "bitfit": ("sequence-classification", "--strategy bitfit --learning-rate 3e-3"),
    "ia3": ("sequence-classification", "--strategy ia3 --learning-rate 1e-2"),
    "many_labels": ("multi-label-classification", "--strategy full --learning-rate 1e-3 --class-weights balanced"),
    "questions": ("question-answering", "--strategy full --learning-rate 1e-3"),
    "text": ("causal-lm", "--strategy full --learning-rate 3e-4 --eval-steps 20"),
    "bert_partial_tags": ("token-classification", "--strategy partial --freeze-layers 2 --learning-rate 1e-3 --class-weights none"),
    "bert_questions": ("question-answering", "--strategy bitfit --learning-rate 3e-3"),
    "lora": ("sequence-classification", "--strategy lora --rank 8 --alpha 16 --target-modules c_attn,c_proj --learning-rate 1e-3"),
    "bert_lora": ("sequence-classification", "--strategy lora --rank 8 --alpha 16 --target-modules query,value --learning-rate 3e-3"),
    "prompts": ("causal-lm", "--strategy lora --rank 8 --alpha 16 --target-modules c_attn,c_proj --learning-rate 1e-3"),
    "tags": ("token-classification", "--strategy lora --rank 8 --alpha 16 --target-modules c_attn,c_proj --learning-rate 3e-3 --class-weights balanced"),
}  # fmt: skip
# These draw a matrix, by numbers that the two sides do not share: it counts from the third step on, since B is zero and the rate is.
DRAWN = {"lora", "bert_lora", "prompts", "tags"}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("all", "losses"))
    parser.add_argument("programs", nargs="*")
    parser.add_argument("--warmup", default=str(ROOT / "target/release/warmup"))
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        if arguments.what == "all":
            run_all(arguments.programs or [path.stem for path in sorted(PROGRAMS.glob("*.py"))], Path(scratch))
        else:
            compare_all(arguments.programs or ALIKE, arguments.warmup, Path(scratch))


def usual(program):
    """The model and the data that a program names."""
    text = (PROGRAMS / f"{program}.py").read_text()
    names = re.findall(r'sys\.argv\[[12]\] if len\(sys\.argv\) > [12] else "(.*?)"', text)
    return ROOT / "www" / names[0], ROOT / "www" / names[1]


def python(path, folder, *arguments):
    made = subprocess.run([sys.executable, path, *map(str, arguments)], cwd=folder, capture_output=True, text=True)
    if made.returncode:
        raise SystemExit(f"{path}: {made.stderr[-2000:]}")
    return made.stdout


def run_all(programs, scratch):
    print("| program | trains | before | after |\n| --- | --: | --: | --: |")
    for program in programs:
        said = python(PROGRAMS / f"{program}.py", scratch, *usual(program))
        trains = re.search(r"([\d,]+) of [\d,]+ parameters train", said)[1]
        before, after = (scores(re.search(rf"^{when}: (.*)$", said, re.M)[1]) for when in ("before", "after"))
        print(f"| `{program}.py` | {trains} | {before} | {after} |", flush=True)


def scores(text):
    found = re.findall(r"'(?:eval_)?(accuracy|entity_f1|f1|exact_match|loss)': (?:np\.float64\()?([\d.e-]+)", text)
    perplexity = re.findall(r"(perplexity) ([\d.]+)", text)
    return ", ".join(f"{name.replace('_', ' ')} {float(value):.3f}" for name, value in found + perplexity)


def compare_all(programs, warmup, scratch):
    print("| program | steps | largest distance of a step's loss |\n| --- | --: | --: |")
    worst = 0.0
    for program in programs:
        folder = scratch / program
        folder.mkdir()
        steps = 2 if program in DRAWN else STEPS
        apart = compare(program, warmup, folder, steps)
        print(f"| `{program}.py` | {steps} | {apart:.1e} |", flush=True)
        worst = max(worst, apart)
    if worst > TOLERANCE:
        raise SystemExit(f"{worst:.2e} is above {TOLERANCE}")


def compare(program, warmup, folder, steps):
    task, flags = ALIKE[program]
    model, data = usual(program)
    base, rows = folder / "base", folder / f"rows{data.suffix}"
    kept = one_batch(data, rows)
    with_head(model, base, task, kept)
    theirs = their_losses(program, base, rows, folder)
    ours = our_losses(warmup, task, flags, base, rows, folder)
    if not len(theirs) == len(ours) == STEPS:
        raise SystemExit(f"{program}: {len(theirs)} losses there, {len(ours)} here")
    return max(abs(a - b) for a, b in zip(theirs[:steps], ours[:steps]))


def one_batch(data, rows):
    """A batch of training rows, with a few to measure on; the labels in them."""
    keep = {"train": BATCH, "validation": 4, "test": 4}
    if data.suffix == ".txt":
        # Windows are cut from the running text, of which a fifth is put by; so much gives one batch of them, or a little less.
        rows.write_text(data.read_text()[:7_000])
        return []
    table = list(csv.DictReader(data.open(newline=""))) if data.suffix == ".csv" else [json.loads(line) for line in data.open() if line.strip()]
    kept = [row for split, count in keep.items() for row in short(table, split)[:count]]
    if data.suffix == ".csv":
        with rows.open("w", newline="") as file:
            writer = csv.DictWriter(file, list(table[0]))
            writer.writeheader()
            writer.writerows(kept)
    else:
        rows.write_text("".join(json.dumps(row) + "\n" for row in kept))
    return kept


def short(table, split):
    """The shortest texts, so that every one is whole, with labels by turns where there are any."""
    of_split = [row for row in table if row["split"] == split]
    piles = {}
    for row in sorted(of_split, key=lambda row: len(row.get("text") or row.get("context") or "".join(row.get("tokens", [])))):
        label = row.get("label")
        piles.setdefault(label if isinstance(label, str) else None, []).append(row)
    turns = []
    while any(piles.values()):
        turns += [pile.pop(0) for pile in piles.values() if pile]
    return turns


def with_head(model, base, task, rows):
    """The base as a folder that has the task's head: neither side draws one then."""
    import torch
    from transformers import (AutoModelForCausalLM, AutoModelForQuestionAnswering, AutoModelForSequenceClassification,
                              AutoModelForTokenClassification, AutoTokenizer)  # fmt: skip

    torch.manual_seed(5)
    kind = {"sequence-classification": AutoModelForSequenceClassification, "multi-label-classification": AutoModelForSequenceClassification,
            "token-classification": AutoModelForTokenClassification, "question-answering": AutoModelForQuestionAnswering,
            "causal-lm": AutoModelForCausalLM}[task]  # fmt: skip
    labels = labels_of(task, rows)
    named = {"num_labels": len(labels), "id2label": dict(enumerate(labels)), "label2id": {name: at for at, name in enumerate(labels)}} if labels else {}
    kind.from_pretrained(model, **named).save_pretrained(base)
    AutoTokenizer.from_pretrained(model).save_pretrained(base)


def labels_of(task, rows):
    if task == "sequence-classification":
        return sorted({row["label"] for row in rows})
    if task == "multi-label-classification":
        return sorted({name for row in rows for name in row["labels"].split(";") if name})
    if task == "token-classification":
        return sorted({tag for row in rows for tag in row["ner_tags"]})
    return []


def their_losses(program, base, rows, folder):
    text = (PROGRAMS / f"{program}.py").read_text()
    script = folder / "program.py"
    script.write_text(text.replace("logging_steps=20", "logging_steps=1").replace("accumulation_steps=2", "accumulation_steps=1"))
    said = python(script, folder, base, rows)
    return [float(value) for value in re.findall(r"'loss': '?([\d.e-]+)", said)]


def our_losses(warmup, task, flags, base, rows, folder):
    out = folder / "out"
    command = [warmup, "finetune", "--model", base, "--data", rows, "--task", task, "--steps", STEPS, "--warmup-steps", 6, "--batch-size", BATCH,
               "--max-length", 128, "--seed", 7, "--out", out, *flags.split()]  # fmt: skip
    made = subprocess.run([*map(str, command)], capture_output=True, text=True)
    if made.returncode:
        raise SystemExit(f"{' '.join(map(str, command))}\n{made.stderr[-2000:]}")
    lines = [json.loads(line) for line in (out / "metrics.jsonl").read_text().splitlines()]
    return [line["loss"] for line in lines if "loss" in line and "learning_rate" in line]


if __name__ == "__main__":
    main()
