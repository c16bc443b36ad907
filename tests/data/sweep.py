#!/usr/bin/env python3
"""The sweep that the lesson on forgetting shows: `www/recorded/sweep.csv`, a line a run.

    cargo build --release --bin warmup
    python3 tests/data/sweep.py [--warmup target/release/warmup] [--work FOLDER]

Strategy, rate and remedy vary; data, budget and seed are the lesson's own. Standard library only; ten minutes on one core.
A sweep that was broken off goes on where it stopped, if --work names its folder.
"""

import argparse
import csv
import subprocess
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "www/recorded/sweep.csv"
# What all runs share: the careless run of src/lessons/en/forgetting.md, less its strategy and rate.
LESSON = [
    "--model", "www/models/nano", "--data", "www/data/opinions.csv", "--task", "sequence-classification",
    "--general", "www/data/stories.txt", "--warmup-ratio", "0.1", "--steps", "100", "--batch-size", "16",
    "--max-length", "64", "--seed", "7",
]  # fmt: skip
# Axes of a grid, and flags of its own; the strategy is the name up to a space.
GRIDS = {
    "full": (["learning-rate=1e-3,3e-4,1e-4", "remedy=none,l2sp:0.1,ewc:30,replay:0.25"], ["--strategy", "full"]),
    "full faster": (["learning-rate=3e-3,2e-3", "remedy=ewc:300,ewc:100"], ["--strategy", "full"]),
    "partial": (["learning-rate=1e-3,3e-4", "remedy=none,ewc:30"], ["--strategy", "partial", "--freeze-layers", "2"]),
    "lora": (
        ["learning-rate=3e-3,1e-3", "remedy=none,replay:0.25"],
        ["--strategy", "lora", "--rank", "8", "--alpha", "16", "--target-modules", "c_attn,c_proj"],
    ),
    "bitfit": (["learning-rate=3e-3", "remedy=none"], ["--strategy", "bitfit"]),
    "head": (["learning-rate=1e-2", "remedy=none"], ["--strategy", "head"]),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--warmup", default=str(ROOT / "target/release/warmup"))
    parser.add_argument("--work", help="keep the runs here instead of in a folder that is thrown away")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        work = Path(arguments.work or scratch)
        lines = []
        for name, (axes, own) in GRIDS.items():
            grid = [part for axis in axes for part in ("--grid", axis)]
            command = [arguments.warmup, "sweep", *grid, "--out", str(work / name), "--", *own, *LESSON]
            subprocess.run(command, check=True, cwd=ROOT)
            lines += rows(name.split()[0], work / name / "sweep.csv")
    OUT.write_text("strategy,learning_rate,remedy,accuracy_before,accuracy,perplexity_before,perplexity,trainable\n" + "".join(lines))
    print(f"{len(lines)} runs in {OUT.relative_to(ROOT)}")


def rows(strategy, path):
    """What the lesson draws of each run, without what depends on the machine."""
    with path.open(newline="") as file:
        for run in csv.DictReader(file):
            if run["diverged"] == "true":
                continue
            figures = [f"{float(run[name]):.4f}" for name in ("before", "after", "perplexity_before", "perplexity_after")]
            settings = [strategy, run["learning_rate"], run["remedy"]]
            yield ",".join([*settings, *figures, run["trainable_parameters"]]) + "\n"


if __name__ == "__main__":
    main()
