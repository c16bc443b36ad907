#!/usr/bin/env python3
"""Checks `www/data/instructions.jsonl`, the questions and answers for supervised fine-tuning.

    python3 tests/data/instructions.py check    form, splits, repetitions; exit status 1 if a promise is broken

Standard library only. The promises are the constants below; the data card, `www/data/instructions.md`, quotes them.
"""

import argparse
import json
import re
import statistics
import sys
from collections import Counter
from pathlib import Path

from stories import check_near_duplicates, check_openings, check_templates
from texts import Report, words

PATH = Path(__file__).resolve().parents[2] / "www" / "data" / "instructions.jsonl"

# What the data card promises.
KEYS = ("prompt", "completion", "split")
SPLITS = {"train": 160, "validation": 20, "test": 40}
PROMPT_WORDS = (3, 15)
COMPLETION_WORDS = (8, 30)
MAX_SAME_OPENING = 4  # completions that share their first three words
MAX_JACCARD = 0.3  # no pair of completions is this alike, in three-word runs
MAX_SAME_FOUR_WORDS = 3  # completions that contain the same run of four words


def read_rows():
    """The rows of the file; says which line is not right in form and stops."""
    rows = []
    for number, line in enumerate(PATH.read_text(encoding="utf-8").splitlines(), 1):
        try:
            row = json.loads(line)
        except json.JSONDecodeError as problem:
            raise ValueError(f"{PATH.name}, line {number}: {problem}") from None
        if not isinstance(row, dict) or tuple(row) != KEYS or not all(isinstance(value, str) for value in row.values()):
            raise ValueError(f"{PATH.name}, line {number}: should be an object of the three texts {', '.join(KEYS)}, in this order")
        rows.append(row)
    if not rows:
        raise ValueError(f"{PATH.name} is empty")
    return rows


def check(_arguments):
    report, rows = Report(), read_rows()
    prompts, completions = ([row[key] for row in rows] for key in KEYS[:2])
    check_form(rows, report)
    for key, texts, limits in (("prompt", prompts, PROMPT_WORDS), ("completion", completions, COMPLETION_WORDS)):
        check_lengths(key, texts, limits, report)
        twice = [text for text, count in Counter(" ".join(words(text)) for text in texts).items() if count > 1]
        report.promise(not twice, f"no {key} twice, case and punctuation aside" + (f": {twice[0]!r}" if twice else ""))
    report.promise(all(map(one_sentence, completions)), "each completion is one sentence" + first(completions, one_sentence))
    print("\nCompletions")
    check_openings(completions, MAX_SAME_OPENING, report)
    check_near_duplicates(completions, MAX_JACCARD, report)
    check_templates(completions, MAX_SAME_FOUR_WORDS, report)
    print(f"\n{len(report.broken)} promises broken")
    return 1 if report.broken else 0


def check_form(rows, report):
    counts = Counter(row["split"] for row in rows)
    print(f"{len(rows)} pairs: " + ", ".join(f"{split} {count}" for split, count in sorted(counts.items())))
    report.promise(counts == SPLITS, "splits of " + ", ".join(f"{count} {split}" for split, count in SPLITS.items()))
    texts = [row[key] for row in rows for key in KEYS[:2]]
    report.promise(all(map(str.isascii, texts)), "no character outside ASCII" + first(texts, str.isascii))
    tidy = lambda text: text == " ".join(text.split())
    report.promise(all(map(tidy, texts)), "no stray spaces" + first(texts, tidy))
    ended = lambda text: text.rstrip('"').endswith((".", "?"))
    report.promise(all(map(ended, texts)), "a full stop or a question mark at the end" + first(texts, ended))


def check_lengths(key, texts, limits, report):
    counts = [len(text.split()) for text in texts]
    print(f"\nWords a {key}: median {statistics.median(counts):g}, mean {statistics.mean(counts):.1f}, {min(counts)} to {max(counts)}")
    fits = lambda text: limits[0] <= len(text.split()) <= limits[1]
    report.promise(all(map(fits, texts)), f"{limits[0]} to {limits[1]} words each" + first(texts, fits))


def one_sentence(text):
    return len(re.findall(r"[.?!]+", text)) == 1 and text[:1].isupper()


def first(texts, holds):
    """The first text that breaks a promise, for its line."""
    broken = [text for text in texts if not holds(text)]
    return f": {len(broken)} do not hold it, first {broken[0]!r}" if broken else ""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("check").set_defaults(run=check)
    arguments = parser.parse_args()
    try:
        return arguments.run(arguments)
    except (OSError, ValueError) as problem:
        sys.exit(str(problem))


if __name__ == "__main__":
    sys.exit(main())
