#!/usr/bin/env python3
"""What labels are worth to whom: `www/recorded/labels.csv`, a line a run, which the chart `labels_curve` draws.

    cargo build --release --bin warmup
    python3 tests/data/labels.py MINILM [--domains | --opinions] [--warmup target/release/warmup] [--work FOLDER]

MINILM is the small form as `./dev build` keeps it in its cache, under minilm/small. Each base sorts `topics.csv` into five pages,
trained on 25, 50, 100 and all 200 labelled texts, five seeds each, the network of random numbers three. What it prints besides is the table of `docs/results.md`.
Standard library only; about an hour on one core. Runs that FOLDER already holds are not made again.

Four bases: MiniLM with LoRA; the same network with random numbers (BERT's own, of deviation 0.02), all of them tuned, since frozen random
numbers would teach it nothing; nano with LoRA; and counting words, a logistic regression on tf-idf. Rates were chosen
with seed 1 on the validation split of all 200.
"""

import argparse
import csv
import json
import os
import random
import shutil
import statistics
import struct
import subprocess
import tempfile
from collections import defaultdict
from pathlib import Path

from labelled import SETS, read_rows
from reviews import STRENGTHS, Features, dot, fit

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "www/recorded/labels.csv"
DATA = "topics"
SIZES, SEEDS = (25, 50, 100, 200), (7, 1, 2, 3, 4)
# Its runs are the longest, and end near guessing every time.
FEWER_SEEDS = {"random": SEEDS[:3]}
# The chapter's uses by domain, which `--domains` compares with all labels instead.
DOMAINS = ("tickets", "medical", "legal", "code")
# Of the plain opinions, which `--opinions` compares on; with all of them a run takes an epoch.
OPINIONS, EPOCH = (16, 50, 100, 300, 1000, 3000), ["--steps", "188", "--warmup-steps", "19"]
SHARED = ["--task", "sequence-classification", "--max-length", "64", "--batch-size", "16"]
SHORT = ["--steps", "60", "--warmup-steps", "6"]
MINILM_LORA = ["--strategy", "lora", "--target-modules", "query,key,value,dense", "--rank", "8", "--learning-rate", "2e-3"]
NANO_LORA = ["--strategy", "lora", "--target-modules", "c_attn,c_proj,c_fc", "--rank", "8", "--learning-rate", "5e-3"]
FULL = ["--strategy", "full", "--learning-rate", "2e-4"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("minilm", type=Path)
    parser.add_argument("--warmup", default=str(ROOT / "target/release/warmup"))
    parser.add_argument("--domains", action="store_true", help="print MiniLM beside counting words on the sets of the domains, and write nothing")
    parser.add_argument("--opinions", action="store_true", help="print how MiniLM, the same without its reading, and modern do on few and many opinions, and write nothing")
    parser.add_argument("--work", help="keep the runs here instead of in a folder that is thrown away")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        work = Path(arguments.work or scratch)
        if arguments.domains:
            return print_domains(arguments, work)
        if arguments.opinions:
            return print_opinions(arguments, work)
        bases = {
            "minilm": (arguments.minilm, MINILM_LORA),
            "random": (untrained(arguments.minilm, work / "untrained"), FULL),
            "nano": (ROOT / "www/models/nano", NANO_LORA),
        }
        found = [(base, size, seed, score)
                 for base, (model, how) in bases.items() for size in SIZES for seed in FEWER_SEEDS.get(base, SEEDS)
                 for score in [tuned(arguments.warmup, model, [*how, *some(size)], DATA, seed, work / f"{base}-{size}-{seed}")]]  # fmt: skip
    found += [("words", size, seed, counted(DATA, size, seed)) for size in SIZES for seed in SEEDS]
    with OUT.open("w", newline="") as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow(["base", "labels", "seed", "accuracy"])
        lines.writerows((base, size, seed, f"{score:.4f}") for base, size, seed, score in found)
    print_table(found)


def print_opinions(arguments, work):
    bases = {
        "MiniLM": (arguments.minilm, [*MINILM_LORA[:-1], "1e-3"], SEEDS),
        "random": (untrained(arguments.minilm, work / "untrained"), FULL, SEEDS[:3]),
        "modern": (ROOT / "www/models/modern", NANO_LORA, SEEDS),
    }
    print("| | " + " | ".join(f"{size} labels" for size in OPINIONS) + " |\n| --- |" + " --: |" * len(OPINIONS))
    for base, (model, how, seeds) in bases.items():
        cells = []
        for size in OPINIONS:
            few = EPOCH if size == max(OPINIONS) else [*SHORT, "--examples", str(size)]
            scores = [tuned(arguments.warmup, model, [*how, *few], "opinions", seed, work / f"opinions-{base}-{size}-{seed}") for seed in seeds]
            cells.append(spread(scores))
        print(f"| {base} | " + " | ".join(cells) + " |", flush=True)


def some(size):
    return [*SHORT, *(["--examples", str(size)] if size < max(SIZES) else [])]


def tuned(warmup, model, how, data, seed, out):
    """Accuracy on the test split after a run."""
    if not (out / "summary.json").exists():
        command = [warmup, "finetune", "--model", str(model), "--data", str(ROOT / f"www/data/{data}.csv"), *SHARED, *how,
                   "--seed", str(seed), "--out", str(out)]  # fmt: skip
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return json.loads((out / "summary.json").read_text())["test"]["after"]["accuracy"]


def counted(data, size, seed):
    """The same of a regression on words; its strength is chosen on validation, its texts are drawn with each label alike."""
    rows = read_rows(f"{data}.csv")
    parts = defaultdict(list)
    for row in rows:
        parts[row["split"]].append(row)
    train = drawn(parts["train"], size, seed)
    features = Features(train, longest_run=1, weighting="tf-idf", min_reviews=1)
    vectors = {part: [features.vector(row["text"]) for row in parts[part]] for part in ("validation", "test")}
    own = [features.vector(row["text"]) for row in train]
    best, weights = (-1.0, 0.0), dict.fromkeys(SETS[f"{data}.csv"].labels)
    for strength in STRENGTHS:
        for label in weights:
            signs = [1.0 if row["label"] == label else -1.0 for row in train]
            weights[label] = fit(own, signs, len(features.names), strength, weights[label])
        scores = {part: right(parts[part], vectors[part], weights) for part in vectors}
        best = max(best, (scores["validation"], scores["test"]), key=lambda pair: pair[0])
    return best[1]


def drawn(rows, size, seed):
    by_label = defaultdict(list)
    for row in rows:
        by_label[row["label"]].append(row)
    dice = random.Random(f"labels {seed}")
    return [row for label in sorted(by_label) for row in dice.sample(by_label[label], size // len(by_label))]


def right(rows, vectors, weights):
    """The share that the label with the largest margin is right about."""
    hits = [max(weights, key=lambda label: dot(weights[label], vector)) == row["label"] for row, vector in zip(rows, vectors)]
    return sum(hits) / len(hits)


def untrained(minilm, out):
    """The same shapes with random numbers, as BERT begins: normal of deviation 0.02, norms one, biases zero."""
    if not (out / "model.safetensors").exists():
        out.mkdir(parents=True, exist_ok=True)
        for name in ("config.json", "tokenizer.json", "tokenizer_config.json"):
            shutil.copy(minilm / name, out)
        write_weights(shapes(minilm / "model.safetensors"), out / "model.safetensors")
    return out


def shapes(path):
    """Of every tensor, the packed ones at their full width, without their scales."""
    with path.open("rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
    header.pop("__metadata__", None)
    full = {}
    for name, tensor in header.items():
        if not name.endswith(".scale"):
            *rows, last = tensor["shape"]
            full[name] = [*rows, 2 * last if tensor["dtype"] == "U8" else last]
    return full


def write_weights(shapes_by_name, path):
    dice, header, parts, at = random.Random(0), {}, [], 0
    for name, shape in sorted(shapes_by_name.items()):
        count = 1
        for size in shape:
            count *= size
        if name.endswith("bias"):
            values = [0.0] * count
        elif "LayerNorm" in name:
            values = [1.0] * count
        else:
            values = [dice.gauss(0.0, 0.02) for _ in range(count)]
        parts.append(struct.pack(f"<{count}f", *values))
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [at, at + 4 * count]}
        at += 4 * count
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    unfinished = path.with_suffix(".part")
    with unfinished.open("wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for part in parts:
            file.write(part)
    os.replace(unfinished, path)


def print_domains(arguments, work):
    print("| data | MiniLM, LoRA | counting words |\n| --- | --: | --: |")
    for data in DOMAINS:
        scores = [tuned(arguments.warmup, arguments.minilm, [*MINILM_LORA, *SHORT], data, seed, work / f"{data}-{seed}") for seed in SEEDS]
        print(f"| `{data}.csv` | {spread(scores)} | {counted(data, max(SIZES), SEEDS[0]):.1%} |", flush=True)


def spread(scores):
    return f"{statistics.mean(scores):.1%} ({min(scores):.1%} to {max(scores):.1%})"


def print_table(found):
    print("| | " + " | ".join(f"{size} labels" for size in SIZES) + " |\n| --- |" + " --: |" * len(SIZES))
    for base in dict.fromkeys(line[0] for line in found):
        cells = []
        for size in SIZES:
            scores = [score for name, labels, _, score in found if (name, labels) == (base, size)]
            cells.append(spread(scores))
        print(f"| {base} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
