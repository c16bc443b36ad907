#!/usr/bin/env python3
"""Checks, splits and scores the small labelled sets of `www/data` (the table `SETS` lists them).

    python3 tests/data/labelled.py check [NAME...]      forms, counts, repetitions; exit status 1 if a promise is broken
    python3 tests/data/labelled.py split NAME --write   makes the seeded split of 200/40/60 in 300 and stores it
    python3 tests/data/labelled.py baseline NAME        bag-of-words logistic regression, the bar for a fine-tuned model

NAME is a file's name, `.csv` or not. Standard library only. The data cards (`www/data/NAME.md`) quote the promises.
"""

import argparse
import csv
import io
import random
import statistics
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

from reviews import STRENGTHS, Features, dot, fit, wilson_interval
from texts import Report, opening, similar_pairs, word_runs, words

FOLDER = Path(__file__).resolve().parents[2] / "www" / "data"


@dataclass(frozen=True)
class Set:
    column: str  # "label": one of the labels; "labels": any number of them, with semicolons between
    labels: tuple
    min_rows: int = 300
    words_range: tuple = (6, 50)
    max_ratio: float = 1.25  # the commonest label has at most so many times the rows of the rarest
    none_share: tuple = (0.0, 0.0)  # the part of the rows without a label
    several_share: tuple = (0.0, 0.0)  # the part with two labels or more
    split_seed: int = 20241


SETS = {
    "tickets.csv": Set("label", ("account", "billing", "delivery", "returns", "technical"), max_ratio=1.0, split_seed=3),
    "moderation.csv": Set(
        "labels", ("insult", "off_topic", "private_info", "spam", "threat"), words_range=(4, 50), max_ratio=1.1,
        none_share=(0.40, 0.50), several_share=(0.12, 0.20)),
    "topics.csv": Set("label", ("arts", "business", "science", "sport", "weather"), words_range=(6, 60), max_ratio=1.0),
    "medical.csv": Set("label", ("heart_and_lungs", "infection", "injury", "stomach"), max_ratio=1.0),
    "legal.csv": Set("label", ("confidentiality", "delivery", "liability", "payment", "termination"), max_ratio=1.0),
    "code.csv": Set("label", ("deprecation", "explanation", "performance", "todo", "warning"), max_ratio=1.0),
}

SPLITS = ("train", "validation", "test")
SPLIT_SHARES = {"train": 200 / 300, "validation": 40 / 300, "test": 60 / 300}
KEEP_TOGETHER_JACCARD = 0.2  # pairs as alike as this are kept in one split
MAX_SPLIT_DRIFT = 0.02  # a split's part of the rows may be off by this much

# What the data cards promise.
MAX_SAME_OPENING = 4  # texts that share their first three words, in the whole set
MAX_JACCARD = 0.5  # no pair of texts is this alike, in three-word runs
MAX_JACCARD_ACROSS = 0.25  # nor this alike when the two lie in different splits
MAX_SAME_FOUR_WORDS = 6  # texts that contain the same run of four words: a template would show here


# --------------------------------------------------------------------------- reading


def read_rows(name):
    """The rows of one set, each with its labels as a tuple under `found`; says what is wrong with the form and stops."""
    path, columns = FOLDER / name, ["text", SETS[name].column, "split"]
    if not path.exists():
        raise ValueError(f"{path.name} is missing from {FOLDER}")
    try:
        content = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as problem:
        raise ValueError(f"{path.name} is not UTF-8 at byte {problem.start}; save it as UTF-8") from None
    reader = csv.DictReader(io.StringIO(content, newline=""), strict=True)
    try:
        rows = list(reader)
    except csv.Error as problem:
        raise ValueError(f"{path.name}, line {reader.line_num}: {problem}") from None
    if reader.fieldnames != columns:
        raise ValueError(f"{path.name}: the header is {reader.fieldnames}, should be {columns}")
    for number, row in enumerate(rows, 1):
        if None in row or None in row.values():
            raise ValueError(f"{path.name}, row {number}: not {len(columns)} fields; put a text that has a comma in quotes")
        row["found"] = labels_of(row[SETS[name].column], SETS[name])
    return rows


def labels_of(cell, chosen):
    if chosen.column == "label":
        return (cell,)
    return tuple(part for part in cell.split(";") if part)


# --------------------------------------------------------------------------- check


def check(arguments):
    report = Report()
    for name in arguments.names or SETS:
        print(f"\n=== {name}")
        try:
            rows = read_rows(name)
        except ValueError as problem:
            report.promise(False, str(problem))
            continue
        if not rows:
            report.promise(False, "at least one row")
            continue
        check_form(rows, SETS[name], report)
        check_counts(rows, SETS[name], report)
        check_openings(rows, report)
        check_near_duplicates(rows, report)
        check_templates(rows, report)
    print(f"\n{len(report.broken)} promises broken")
    return 1 if report.broken else 0


def check_form(rows, chosen, report):
    print("Form")
    known = chosen.labels
    promise_rows(report, rows, lambda row: set(row["found"]) <= set(known), f"only the labels {', '.join(known)}")
    promise_rows(report, rows, lambda row: len(set(row["found"])) == len(row["found"]), "no label twice in a row")
    promise_rows(report, rows, lambda row: row["split"] in SPLITS, f"only the splits {', '.join(SPLITS)}")
    promise_rows(report, rows, lambda row: words(row["text"]), "no empty text")
    promise_rows(report, rows, lambda row: row["text"].isascii(), "no character outside ASCII")
    promise_rows(report, rows, lambda row: row["text"] == row["text"].strip(), "no stray spaces at the ends")
    low, high = chosen.words_range
    promise_rows(report, rows, lambda row: low <= len(row["text"].split()) <= high, f"{low} to {high} words each")


def promise_rows(report, rows, holds, what):
    """The promise for every row; names the first one that breaks it."""
    broken = [f"row {number} {row['text'][:40]!r}" for number, row in enumerate(rows, 1) if not holds(row)]
    report.promise(not broken, f"{what}: {len(broken)} break it, first {broken[0]}" if broken else what)


def check_counts(rows, chosen, report):
    known = chosen.labels
    groups = {label: lambda row, label=label: label in row["found"] for label in known}
    if chosen.column == "labels":
        groups["none"] = lambda row: not row["found"]
        groups["several"] = lambda row: len(row["found"]) > 1
    width = max(map(len, groups)) + 2
    print(f"Counts\n  {'split':12}" + "".join(f"{name:>{width}}" for name in ("all", *groups)))
    count = {}
    for split in (*SPLITS, "all"):
        part = [row for row in rows if split in (row["split"], "all")]
        count[split] = {"all": len(part), **{name: sum(map(keep, part)) for name, keep in groups.items()}}
        print(f"  {split:12}" + "".join(f"{number:{width}}" for number in count[split].values()))
    lengths = [len(row["text"].split()) for row in rows]
    print(f"  words: median {statistics.median(lengths):g}, mean {statistics.mean(lengths):.1f}, {min(lengths)} to {max(lengths)}")

    report.promise(len(rows) >= chosen.min_rows, f"at least {chosen.min_rows} rows")
    sizes = [count["all"][label] for label in known]
    report.promise(max(sizes) <= chosen.max_ratio * min(sizes), f"the commonest label has at most {chosen.max_ratio:g} times the rows of the rarest: {max(sizes)}, {min(sizes)}")
    report.promise(all(count[split][label] for split in SPLITS for label in known), "every label in every split")
    drift = max(abs(count[split]["all"] / len(rows) - share) for split, share in SPLIT_SHARES.items())
    report.promise(drift <= MAX_SPLIT_DRIFT, "splits as 200, 40 and 60 in 300: " + ", ".join(str(count[split]["all"]) for split in SPLITS))
    if chosen.column == "labels":
        for name, (low, high) in (("none", chosen.none_share), ("several", chosen.several_share)):
            report.promise(low <= count["all"][name] / len(rows) <= high, f"{low:.0%} to {high:.0%} with {name}: {count['all'][name] / len(rows):.1%}")


def check_openings(rows, report):
    counts = Counter(opening(row["text"]) for row in rows)
    shared = [(start, count) for start, count in counts.most_common() if count > 1]
    print(f"Openings (first three words): {len(counts)} different; {len(shared)} are used more than once")
    print("  " + ", ".join(f"{start} {count}" for start, count in shared[:6]))
    first_words = Counter(words(row["text"])[0] for row in rows if words(row["text"]))
    print("  commonest first words: " + ", ".join(f"{word} {count}" for word, count in first_words.most_common(10)))
    report.promise(max(counts.values()) <= MAX_SAME_OPENING, f"no opening more than {MAX_SAME_OPENING} times")


def check_near_duplicates(rows, report, most=MAX_JACCARD, most_across=MAX_JACCARD_ACROSS):
    plain = Counter(" ".join(words(row["text"])) for row in rows)
    twice = [text for text, count in plain.items() if count > 1]
    print("Near-duplicates (Jaccard similarity of runs of three words)")
    pairs = similar_pairs([word_runs(row["text"], 3) for row in rows], 0.05)
    across = [pair for pair in pairs if rows[pair[1]]["split"] != rows[pair[2]]["split"]]
    for place, found in (("anywhere", pairs), ("across splits", across)):
        for jaccard, first, second in found[:3]:
            print(f"  {place}: {jaccard:.3f} {rows[first]['text'][:56]!r} | {rows[second]['text'][:56]!r}")
    report.promise(not twice, f"no exact duplicates, case and punctuation aside{': ' + repr(twice[0]) if twice else ''}")
    report.promise(all(pair[0] < most for pair in pairs), f"no pair at {most} or more")
    report.promise(all(pair[0] < most_across for pair in across), f"no pair across splits at {most_across} or more")


def check_templates(rows, report):
    counts = Counter(run for row in rows for run in word_runs(row["text"], 4))
    common = counts.most_common(8)
    print("Templates: the runs of four words found in the most rows")
    print("  " + ", ".join(f"{' '.join(run)} {count}" for run, count in common))
    report.promise(not common or common[0][1] <= MAX_SAME_FOUR_WORDS, f"no run of four words in more than {MAX_SAME_FOUR_WORDS} rows")


# --------------------------------------------------------------------------- split


def split(arguments):
    name = arguments.name
    before = read_rows(name)
    made = make_split(before, SETS[name].split_seed)
    for part in SPLITS:
        print(f"{part}: {sum(row['split'] == part for row in made)}")
    if arguments.write:
        write_rows(name, made)
        print(f"wrote {name}")
        return 0
    if [(row["text"], row["split"]) for row in made] == [(row["text"], row["split"]) for row in before]:
        print("the file holds exactly this split, in this order")
        return 0
    print("the file holds another split: its texts were changed after it was made (or --write is meant)")
    return 1


def make_split(pool, seed):
    """A fixed split, the same for the same set of texts whatever their order.

    Groups that belong together go first, then the rows with the rarest key (a label, or labels together); each goes
    where its keys are most wanted, among the splits with room.
    """
    rows = sorted((dict(row) for row in pool), key=lambda row: row["text"])
    chance = random.Random(seed)
    chance.shuffle(rows)
    totals = Counter(key for row in rows for key in keys(row))
    wanted = {(part, key): SPLIT_SHARES[part] * count for part in SPLITS for key, count in totals.items()}
    room = {part: round(SPLIT_SHARES[part] * len(rows)) for part in SPLITS}
    room["train"] = len(rows) - room["validation"] - room["test"]

    def rarity(group):
        return min((totals[key], key) for row in group for key in keys(row))

    def appeal(part, group):
        found = {key for row in group for key in keys(row)}
        if len(found) == 1:
            return wanted[part, found.pop()]
        return sum(wanted[part, key] / (SPLIT_SHARES[part] * totals[key]) for key in sorted(found))

    for group in sorted(groups_of(rows), key=lambda group: (-len(group), rarity(group))):
        fits = [part for part in SPLITS if room[part] >= len(group)] or ["train"]
        part = max(fits, key=lambda part: (appeal(part, group), room[part]))
        room[part] -= len(group)
        for row in group:
            row["split"] = part
            for key in keys(row):
                wanted[part, key] -= 1
    chance.shuffle(rows)
    return rows


def keys(row):
    """What a split balances: the labels and, where there are several, which ones stand together."""
    together = ("several", ";".join(row["found"])) if len(row["found"]) > 1 else ()
    return (row["found"] or ("none",)) + together


def groups_of(rows):
    """Rows that share an opening or resemble each other, joined; most groups hold one row."""
    leader = list(range(len(rows)))

    def find(index):
        while leader[index] != index:
            index = leader[index]
        return index

    by_opening = defaultdict(list)
    for index, row in enumerate(rows):
        by_opening[opening(row["text"])].append(index)
    links = [(found[0], other) for found in by_opening.values() for other in found[1:]]
    links += [pair[1:] for pair in similar_pairs([word_runs(row["text"], 3) for row in rows], KEEP_TOGETHER_JACCARD)]
    for first, second in links:
        leader[find(second)] = find(first)
    groups = defaultdict(list)
    for index, row in enumerate(rows):
        groups[find(index)].append(row)
    return list(groups.values())


def write_rows(name, rows):
    with open(FOLDER / name, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["text", SETS[name].column, "split"], extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


# --------------------------------------------------------------------------- baseline

MARGINS = [step / 4 for step in range(0, -13, -1)]  # the regression of a rare label seldom goes above 0


def baseline(arguments):
    """One logistic regression a label on words (tf-idf); the strength for all of them, and the margin above which a
    label is given where a row may have several, are those that do best on validation."""
    name = arguments.name
    rows, chosen = read_rows(name), SETS[name]
    known, single = chosen.labels, chosen.column == "label"
    parts = {part: [row for row in rows if row["split"] == part] for part in SPLITS}
    features = Features(parts["train"], longest_run=1, weighting="tf-idf", min_reviews=1)
    vectors = {part: [features.vector(row["text"]) for row in found] for part, found in parts.items()}
    truth = {part: [set(row["found"]) for row in found] for part, found in parts.items()}
    best, weights = None, dict.fromkeys(known)
    for strength in STRENGTHS:
        for label in known:
            signs = [1.0 if label in found else -1.0 for found in truth["train"]]
            weights[label] = fit(vectors["train"], signs, len(features.names), strength, weights[label])
        for margin in (None,) if single else MARGINS:
            guesses = {part: [guess(vector, weights, margin) for vector in vectors[part]] for part in SPLITS}
            score = micro_f1(guesses["validation"], truth["validation"])
            if best is None or score > best["score"]:
                best = {"score": score, "strength": strength, "margin": margin, "guesses": guesses, "weights": dict(weights)}
    choice = f"C = {best['strength']:g}" + ("" if single else f", margin {best['margin']:g}")
    print(f"{name}: trained on {len(parts['train'])} rows, {choice} chosen on {len(parts['validation'])}, scored on {len(parts['test'])}")
    common = Counter(label for found in truth["train"] for label in found).most_common(1)[0][0]
    always = [{common} for _ in parts["test"]]
    print_score("bag of words, test", best["guesses"]["test"], truth["test"], single)
    print_score("bag of words, validation", best["guesses"]["validation"], truth["validation"], single)
    print_score(f"always {common}, test", always, truth["test"], single)
    if not single:
        print_score("every label, test", [set(known) for _ in always], truth["test"], single)
        print_score("never a label, test", [set() for _ in always], truth["test"], single)
    for label in known:
        print_label(label, best, features, truth["test"])
    return 0


def guess(vector, weights, margin):
    """The label with the largest margin or, with a `margin` given, every label above it."""
    margins = {label: dot(weight, vector) for label, weight in weights.items()}
    if margin is None:
        return {max(margins, key=margins.get)}
    return {label for label, found in margins.items() if found > margin}


def micro_f1(guesses, truth):
    hits = sum(len(guessed & found) for guessed, found in zip(guesses, truth))
    return 2 * hits / max(1, sum(map(len, guesses)) + sum(map(len, truth)))


def print_score(what, guesses, truth, single):
    right = sum(guessed == found for guessed, found in zip(guesses, truth))
    low, high = wilson_interval(right, len(truth))
    exact = f"{right} of {len(truth)} = {right / len(truth):.1%} (95% interval {low:.1%} to {high:.1%})"
    print(f"  {what:26} " + (f"accuracy {exact}" if single else f"micro-F1 {micro_f1(guesses, truth):.3f}, all labels right {exact}"))


def print_label(label, best, features, truth):
    pairs = list(zip(best["guesses"]["test"], truth))
    hits = sum(label in guessed and label in found for guessed, found in pairs)
    guessed, there = (sum(label in side[place] for side in pairs) for place in (0, 1))
    weights = best["weights"][label]
    telling = sorted(range(len(features.names)), key=lambda column: -weights[column])[:8]
    print(f"  {label:14} {there:3} in the test, {guessed:3} guessed, {hits:3} of them right; words: {', '.join(features.names[c] for c in telling)}")


# --------------------------------------------------------------------------- command line


def set_name(text):
    name = text if text.endswith(".csv") else f"{text}.csv"
    if name not in SETS:
        raise argparse.ArgumentTypeError(f"{text} is not in the table; there are {', '.join(SETS)}")
    return name


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    checking = commands.add_parser("check")
    checking.add_argument("names", nargs="*", type=set_name, metavar="NAME", help="without one: all of the table")
    checking.set_defaults(run=check)
    splitting = commands.add_parser("split")
    splitting.add_argument("name", type=set_name, metavar="NAME")
    splitting.add_argument("--write", action="store_true", help="store the split instead of comparing it")
    splitting.set_defaults(run=split)
    scoring = commands.add_parser("baseline")
    scoring.add_argument("name", type=set_name, metavar="NAME")
    scoring.set_defaults(run=baseline)
    arguments = parser.parse_args()
    try:
        return arguments.run(arguments)
    except ValueError as problem:
        sys.exit(str(problem))


if __name__ == "__main__":
    sys.exit(main())
