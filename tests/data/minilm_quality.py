#!/usr/bin/env python3
"""Fine-tunes MiniLM and its small form alike, and prints the table of `docs/minilm.md`.

    cargo build --release --bin warmup
    python3 tests/data/minilm_quality.py ORIGINAL SMALL [--data FILE] [--seeds 5] [--work FOLDER]

ORIGINAL and SMALL are folders as `./dev build` keeps them in its cache, under minilm/. A row a seed, then the means. Standard
library only; some two minutes a run on one core that has nothing else to do. Runs that FOLDER already holds are not made again.
"""

import argparse
import json
import statistics
import subprocess
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LORA = ["--strategy", "lora", "--target-modules", "query,key,value,dense", "--rank", "8"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("original", type=Path)
    parser.add_argument("small", type=Path)
    parser.add_argument("--data", type=Path, default=ROOT / "www/data/reviews.csv")
    parser.add_argument("--learning-rate", default="1e-3")
    parser.add_argument("--epochs", default="3")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--warmup", default=str(ROOT / "target/release/warmup"))
    parser.add_argument("--work", help="keep the runs here instead of in a folder that is thrown away")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        table(arguments, Path(arguments.work or scratch))


def table(arguments, work):
    print("| seed | original | small | difference |\n| --- | --- | --- | --- |")
    found = []
    for seed in range(1, arguments.seeds + 1):
        pair = [accuracy(arguments, folder, seed, work) for folder in (arguments.original, arguments.small)]
        found.append(pair)
        print(row(seed, *pair), flush=True)
    print(row("mean", *(statistics.mean(column) for column in zip(*found))))


def row(name, original, small):
    return f"| {name} | {original:.1%} | {small:.1%} | {100 * (small - original):+.1f} |"


def accuracy(arguments, folder, seed, work):
    """On the test split, after the run."""
    out = work / f"{folder.name}-{seed}"
    if not (out / "summary.json").exists():
        settings = ["--learning-rate", arguments.learning_rate, "--epochs", arguments.epochs, "--seed", str(seed)]
        task = ["--task", "sequence-classification", "--data", str(arguments.data), "--out", str(out)]
        command = [arguments.warmup, "finetune", "--model", str(folder), *task, *LORA, *settings]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return json.loads((out / "summary.json").read_text())["test"]["after"]["accuracy"]


if __name__ == "__main__":
    main()
