#!/usr/bin/env python3
"""Checks, splits and scores `www/data/opinions.csv`, plain reviews of films, books, meals, places and things bought.

    python3 tests/data/opinions.py check       counts, repeated openings, near-duplicates; exit status 1 if a promise is broken
    python3 tests/data/opinions.py split       makes the split again and compares it with the file (--write stores it)
    python3 tests/data/opinions.py baseline    counting words, with all labels and with few

Standard library only. The promises are the constants below; the data card, `www/data/opinions.md`, quotes them.
"""

import argparse
import csv
import json
import random
import statistics
import sys
from pathlib import Path

import reviews
from labelled import FOLDER
from reviews import LABELS, SPLITS, Features, fit_and_score, report_scores, wilson_interval
from texts import Report, like_worded_pairs

CSV_PATH = FOLDER / "opinions.csv"
SECOND_PATH = Path(__file__).resolve().parent / "opinions_second_labels.csv"
COLUMNS = ["text", "label", "split", "hard", "kind"]
KINDS = ("film", "book", "meal", "place", "thing")

# What the data card promises.
MIN_ROWS = 4200
HELD_OUT_ROWS = {"validation": 400, "test": 800}  # the rest, 3,000, is for training
WORDS_RANGE = (8, 60)
MAX_SAME_OPENING = 8  # reviews that share their first three words, in the whole set
MAX_LIKE_WORDED_ACROSS = 0.4  # no pair across splits has rarer words as alike as this
MAX_SAME_FOUR_WORDS = 16  # reviews that contain the same run of four words: a template would show here
MIN_SECOND_LABELS = 200

KEEP_TOGETHER_COSINE = 0.36  # reviews whose rarer words are as alike as this are kept in one split


def read_csv(path, columns):
    with open(path, encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        rows = list(reader)
    if reader.fieldnames != columns:
        sys.exit(f"{path}: the columns are {reader.fieldnames}, should be {columns}")
    for number, row in enumerate(rows, 1):
        if None in row or None in row.values():
            sys.exit(f"{path}, row {number}: not {len(columns)} fields; put a text that has a comma in quotes")
    return rows


def with_source(rows):
    """What `reviews.py` balances by author's voice is balanced by kind here: each kind was written by itself."""
    return [{**row, "voice": row["kind"]} for row in rows]


def read_rows():
    return with_source(read_csv(CSV_PATH, COLUMNS))


def read_second_labels():
    return {row["text"]: row["second_label"] for row in read_csv(SECOND_PATH, ["text", "second_label"])}


# --------------------------------------------------------------------------- check


def check(_arguments):
    rows, report = read_rows(), Report()
    reviews.check_counts(rows, report, MIN_ROWS, HELD_OUT_ROWS, "kind")
    reviews.check_form(rows, report, WORDS_RANGE)
    report.promise(all(row["kind"] in KINDS for row in rows), "only known kinds")
    reviews.check_openings(rows, report, MAX_SAME_OPENING)
    reviews.check_near_duplicates(rows, report, (0.5, 0.3, 0.2, 0.15))
    check_like_worded(rows, report)
    reviews.check_templates(rows, report, MAX_SAME_FOUR_WORDS)
    check_second_labels(rows, report)
    print(f"\n{len(report.broken)} promises broken")
    return 1 if report.broken else 0


def check_like_worded(rows, report):
    pairs = like_worded_pairs([row["text"] for row in rows], KEEP_TOGETHER_COSINE)
    across = [pair for pair in pairs if rows[pair[1]]["split"] != rows[pair[2]]["split"]]
    print("\nSimilarity (cosine) of rarer words, each weighted by how rare it is")
    for place, found in (("anywhere", pairs), ("across splits", across)):
        print(f"  {place}: {len(found)} pairs at {KEEP_TOGETHER_COSINE} or more")
        for cosine, first, second in found[:4]:
            print(f"    {cosine:.3f} {rows[first]['text'][:62]} | {rows[second]['text'][:62]}")
    report.promise(all(pair[0] < MAX_LIKE_WORDED_ACROSS for pair in across), f"no pair across splits at {MAX_LIKE_WORDED_ACROSS} or more")


def check_second_labels(rows, report):
    second, of_text = read_second_labels(), {row["text"]: row for row in rows}
    print("\nSecond labelling, blind")
    known = [text for text in second if text in of_text]
    report.promise(len(known) == len(second) >= MIN_SECOND_LABELS, f"{len(known)} texts of the file, as they stand in it")
    report.promise(all(of_text[text]["split"] == "test" for text in known), "all of them in the test")
    same = sum(of_text[text]["label"] == second[text] for text in known)
    low, high = wilson_interval(same, len(known))
    print(f"  {same} of {len(known)} have the same label = {same / len(known):.1%}   95% interval {low:.1%} to {high:.1%}")


# --------------------------------------------------------------------------- split


def split(arguments):
    if arguments.pool:
        before = with_source(map(json.loads, Path(arguments.pool).read_text(encoding="utf-8").splitlines()))
    else:
        before = read_rows()
    made = reviews.make_split(before, HELD_OUT_ROWS, groups, dict.fromkeys(read_second_labels(), "test"))
    for name in SPLITS:
        print(f"{name}: {sum(row['split'] == name for row in made)}")
    if arguments.write:
        with open(CSV_PATH, "w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS, extrasaction="ignore", lineterminator="\n")
            writer.writeheader()
            writer.writerows(made)
        print(f"wrote {CSV_PATH}")
        return 0
    if [(row["text"], row["split"]) for row in made] == [(row["text"], row.get("split")) for row in before]:
        print("the file holds exactly this split, in this order")
        return 0
    print("the file holds another split: its texts were changed after it was made (or --write is meant)")
    return 1


def groups(rows):
    return reviews.groups_to_keep_together(rows, like_worded_pairs([row["text"] for row in rows], KEEP_TOGETHER_COSINE))


# --------------------------------------------------------------------------- baseline

STRENGTHS = (0.25, 1, 4, 16, 64)  # C, the weight of the data against the L2 penalty
SIZES = (1000, 300, 100, 50, 16)
SEEDS = (1, 2, 3, 4, 5)
OPTIONS = {"longest_run": 2, "weighting": "tf-idf", "min_reviews": 1}


def baseline(_arguments):
    """Words and pairs, tf-idf, logistic regression; the penalty's strength is chosen on validation at every size."""
    rows = read_rows()
    parts = {name: [row for row in rows if row["split"] == name] for name in SPLITS}
    chosen = best_of_strengths(parts)
    print(f"all {len(parts['train'])} labels, {chosen['features']} features, C = {chosen['strength']:g}, validation {chosen['validation']:.1%}")
    report_scores(parts["test"], chosen["right"])
    for kind in KINDS:
        hits = [hit for row, hit in zip(parts["test"], chosen["right"]) if row["kind"] == kind]
        print(f"  test, {kind:16} {sum(hits):3} of {len(hits):3} = {sum(hits) / len(hits):5.1%}")
    print("  words that weigh most: " + chosen["telling"], flush=True)
    for size in SIZES:
        scores = [best_of_strengths({**parts, "train": balanced_sample(parts["train"], size, seed)})["test"] for seed in SEEDS]
        print(f"{size:5} labels: mean {statistics.mean(scores):.1%}, from {min(scores):.1%} to {max(scores):.1%} ({', '.join(f'{score:.1%}' for score in scores)})", flush=True)
    return 0


def balanced_sample(rows, size, seed):
    """As many rows of one label as of the other, drawn by seed."""
    chance = random.Random(seed)
    return [row for label in LABELS for row in chance.sample([row for row in rows if row["label"] == label], size // 2)]


def best_of_strengths(parts):
    features, best, start = Features(parts["train"], **OPTIONS), None, None
    for strength in STRENGTHS:
        result = fit_and_score(parts, features, strength, start)
        start = result["weights"]
        if best is None or (-result["validation"], result["validation_loss"]) < (-best["validation"], best["validation_loss"]):
            best = result
    return best


# --------------------------------------------------------------------------- command line


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("check").set_defaults(run=check)
    splitting = commands.add_parser("split")
    splitting.add_argument("--pool", help="a JSON Lines file (text, label, hard, kind) instead of the CSV")
    splitting.add_argument("--write", action="store_true", help="store the split instead of comparing it")
    splitting.set_defaults(run=split)
    commands.add_parser("baseline").set_defaults(run=baseline)
    arguments = parser.parse_args()
    return arguments.run(arguments)


if __name__ == "__main__":
    sys.exit(main())
