#!/usr/bin/env python3
"""Fine-tunes on the reviews with every strategy and prints the tables of `docs/results.md`.

    cargo build --release --bin warmup
    python3 tests/data/results.py [--warmup target/release/warmup] [--work FOLDER]

Each row is the mean of the seeds, with the lowest and highest. Rates and lengths of runs were chosen on the validation
split. Standard library only; some ten minutes on two cores.
"""

import argparse
import csv
import json
import random
import statistics
import subprocess
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MODEL = ROOT / "www/models/nano"
REVIEWS = ROOT / "www/data/reviews.csv"
STORIES = ROOT / "www/data/stories.txt"  # general text: what tuning on reviews should not spoil
SEEDS = (1, 2, 3)
EPOCHS = 3
STRATEGIES = {
    "full": ["--learning-rate", "3e-4"],
    "partial": ["--learning-rate", "3e-4", "--freeze-layers", "2"],
    "lora": ["--learning-rate", "1e-3", "--rank", "8"],
    "bitfit": ["--learning-rate", "3e-3"],
    "head": ["--learning-rate", "1e-2"],
}
# Parts of the training split, each made to last as many steps as the whole.
TRAINING_ROWS = (137, 274, 548, 1095)
CURVE_STEPS = 207


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--warmup", default=str(ROOT / "target/release/warmup"))
    parser.add_argument("--work", help="keep the runs here instead of in a folder that is thrown away")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        work = Path(arguments.work or scratch)
        work.mkdir(parents=True, exist_ok=True)
        strategies(arguments.warmup, work)
        learning_curve(arguments.warmup, work)


def strategies(warmup, work):
    print("| strategy | trains | validation | test | test, hard ones | stories, perplexity after | training time | saved |")
    print("| --- | --: | --: | --: | --: | --: | --: | --: |")
    for strategy, flags in STRATEGIES.items():
        flags = ["--strategy", strategy, "--epochs", str(EPOCHS), "--general", str(STORIES), *flags]
        runs = [finetune(warmup, work / f"{strategy}-{seed}", REVIEWS, flags, seed) for seed in SEEDS]
        share = runs[0]["trainable_parameters"] / runs[0]["total_parameters"]
        cells = [
            f"`{strategy}`",
            f"{runs[0]['trainable_parameters']:,} ({share:.1%})",
            spread([run["validation"]["after"]["accuracy"] for run in runs]),
            spread([run["test"]["after"]["accuracy"] for run in runs]),
            spread([run["test"]["after"]["hard_accuracy"] for run in runs]),
            perplexities(runs),
            f"{statistics.median(run['training_seconds'] for run in runs):.0f} s",
            f"{runs[0]['bytes_saved'] / 1024:,.0f} KiB",
        ]
        print("| " + " | ".join(cells) + " |", flush=True)
        before = runs[0]["general"]["perplexity_before"]
    print(f"\nBefore any tuning the stories' perplexity is {before:.1f}.")


def perplexities(runs):
    after = [run["general"]["perplexity_after"] for run in runs]
    return f"{statistics.mean(after):.1f} ({min(after):.1f} to {max(after):.1f})"


def learning_curve(warmup, work):
    print("\n| training reviews | validation | test |\n| --: | --: | --: |")
    for rows in TRAINING_ROWS:
        data = work / f"reviews-{rows}.csv"
        write_part(data, rows)
        flags = ["--strategy", "lora", "--steps", str(CURVE_STEPS), *STRATEGIES["lora"]]
        runs = [finetune(warmup, work / f"curve-{rows}-{seed}", data, flags, seed) for seed in SEEDS]
        validation, test = ([run[split]["after"]["accuracy"] for run in runs] for split in ("validation", "test"))
        print(f"| {rows:,} | {spread(validation)} | {spread(test)} |", flush=True)


def finetune(warmup, out, data, flags, seed):
    command = [warmup, "finetune", "--model", MODEL, "--data", data, "--task", "sequence-classification", "--out", out]
    subprocess.run([*map(str, command), *flags, "--seed", str(seed)], check=True, capture_output=True)
    return json.loads((out / "summary.json").read_text())


def write_part(path, training_rows):
    """The reviews with only so many of the training split; a smaller part lies inside every larger one."""
    with REVIEWS.open(newline="") as file:
        rows = list(csv.DictReader(file))
    training = [index for index, row in enumerate(rows) if row["split"] == "train"]
    random.Random(1).shuffle(training)
    left_out = set(training[training_rows:])
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(row for index, row in enumerate(rows) if index not in left_out)


def spread(values):
    return f"{statistics.mean(values):.1%} ({min(values):.1%} to {max(values):.1%})"


if __name__ == "__main__":
    main()
