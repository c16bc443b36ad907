#!/usr/bin/env python3
"""Checks, splits and scores `www/data/reviews.csv`, the hard movie reviews.

    python3 tests/data/reviews.py check       counts, repeated openings, near-duplicates; exit status 1 if a promise is broken
    python3 tests/data/reviews.py split       makes the split again and compares it with the file (--write stores it)
    python3 tests/data/reviews.py baseline    bag-of-words logistic regression, the bar a fine-tuned model has to clear

Standard library only. The promises are the constants below; the data card, `www/data/reviews.md`, quotes them.
"""

import argparse
import csv
import json
import math
import random
import re
import statistics
import sys
from collections import Counter, defaultdict
from pathlib import Path

from texts import Report, opening, similar_pairs, word_runs, words

ROOT = Path(__file__).resolve().parents[2]
CSV_PATH = ROOT / "www" / "data" / "reviews.csv"
VOICES_PATH = Path(__file__).resolve().parent / "reviews_voices.txt"

LABELS = ("negative", "positive")
SPLITS = ("train", "validation", "test")
HARD_KINDS = ("irony", "mixed", "comparison", "negation")
COLUMNS = ["text", "label", "split", "hard"]

# What the data card promises.
MIN_ROWS = 1500
HELD_OUT_ROWS = {"validation": 200, "test": 400}  # the rest is for training
WORDS_RANGE = (6, 60)
MAX_SAME_OPENING = 4  # reviews that share their first three words, in the whole set
MAX_JACCARD = 0.5  # no pair of reviews is this alike, in three-word runs or in five-letter runs
MAX_JACCARD_ACROSS = 0.25  # nor this alike when the two lie in different splits
MAX_SAME_FOUR_WORDS = 10  # reviews that contain the same run of four words: a template would show here

SPLIT_SEED = 20240
KEEP_TOGETHER_JACCARD = 0.2  # pairs as alike as this are kept in one split


# --------------------------------------------------------------------------- reading and measuring


def letter_runs(text, length):
    plain = " ".join(words(text))
    return {plain[i : i + length] for i in range(len(plain) - length + 1)}


def read_rows():
    with open(CSV_PATH, encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        rows = list(reader)
    if reader.fieldnames != COLUMNS:
        sys.exit(f"{CSV_PATH}: the columns are {reader.fieldnames}, should be {COLUMNS}")
    voices = "".join(VOICES_PATH.read_text(encoding="ascii").split())
    if len(voices) != len(rows):
        sys.exit(f"{VOICES_PATH}: {len(voices)} voices for {len(rows)} rows; keep one letter a row, in the rows' order")
    for row, voice in zip(rows, voices):
        row["voice"] = voice
    return rows


# --------------------------------------------------------------------------- check


def check(_arguments):
    rows, report = read_rows(), Report()
    check_counts(rows, report)
    check_form(rows, report)
    check_openings(rows, report)
    check_near_duplicates(rows, report)
    check_templates(rows, report)
    print(f"\n{len(report.broken)} promises broken")
    return 1 if report.broken else 0


def check_counts(rows, report, min_rows=MIN_ROWS, held_out=HELD_OUT_ROWS, source="author's voice"):
    print(f"{len(rows)} reviews\n\nCounts")
    header = ["split", "all", *LABELS, "straightforward", *HARD_KINDS]
    print("  " + "  ".join(f"{name:>10}" for name in header))
    for split in (*SPLITS, "all"):
        part = [row for row in rows if split in (row["split"], "all")]
        kinds = Counter(row["hard"] for row in part)
        labels = Counter(row["label"] for row in part)
        cells = [split, len(part), *(labels[label] for label in LABELS)]
        cells += [kinds[""], *(kinds[kind] for kind in HARD_KINDS)]
        print("  " + "  ".join(f"{cell:>{max(10, len(name))}}" for cell, name in zip(cells, header)))
    print(f"  reviews by {source}: " + ", ".join(
        f"{voice}: " + "/".join(str(sum(r["voice"] == voice and r["split"] == s for r in rows)) for s in SPLITS)
        for voice in sorted({row["voice"] for row in rows})))

    print("\nLength in words (median, mean, shortest to longest)")
    for name, keep in (
        ("all", lambda row: True),
        *((label, lambda row, label=label: row["label"] == label) for label in LABELS),
        ("straightforward", lambda row: not row["hard"]),
        *((kind, lambda row, kind=kind: row["hard"] == kind) for kind in HARD_KINDS),
    ):
        lengths = [len(row["text"].split()) for row in rows if keep(row)]
        print(f"  {name:16} {statistics.median(lengths):5.1f} {statistics.mean(lengths):5.1f}   {min(lengths)} to {max(lengths)}")
    lengths = [len(row["text"].split()) for row in rows]
    print(f"  under 15 words {sum(n < 15 for n in lengths)}, 15 to 29 {sum(15 <= n < 30 for n in lengths)}, 30 or more {sum(n >= 30 for n in lengths)}")

    print("\nPromises on counts")
    report.promise(len(rows) >= min_rows, f"at least {min_rows} reviews")
    for split, size in held_out.items():
        counts = Counter(row["label"] for row in rows if row["split"] == split)
        report.promise(all(counts[label] == size // 2 for label in LABELS), f"{split}: {size // 2} of each label")
    counts = Counter((row["split"], row["label"], row["hard"]) for row in rows)
    report.promise(
        all(counts[s, label, kind] for s in SPLITS for label in LABELS for kind in ("", *HARD_KINDS)),
        "every split has every hard kind under both labels")
    counts = Counter((row["split"], row["voice"]) for row in rows)
    report.promise(all(counts[s, v] for s in SPLITS for v in {row["voice"] for row in rows}), f"every split has every {source}")


def check_form(rows, report, words_range=WORDS_RANGE):
    print("\nPromises on form")
    report.promise(all(row["label"] in LABELS and row["split"] in SPLITS and row["hard"] in ("", *HARD_KINDS) for row in rows), "only known labels, splits and hard kinds")
    report.promise(all(row["text"].isascii() for row in rows), "no character outside ASCII")
    report.promise(all(row["text"] == " ".join(row["text"].split()) for row in rows), "no line breaks, no stray spaces")
    low, high = words_range
    report.promise(all(low <= len(row["text"].split()) <= high for row in rows), f"{low} to {high} words each")


def check_openings(rows, report, most=MAX_SAME_OPENING):
    splits_of = defaultdict(list)
    for row in rows:
        splits_of[opening(row["text"])].append(row["split"])
    shared = {start: splits for start, splits in splits_of.items() if len(splits) > 1}
    across = [start for start, splits in shared.items() if len(set(splits)) > 1]
    print(f"\nOpenings (first three words): {len(splits_of)} different; {len(shared)} are used more than once, by {sum(map(len, shared.values()))} reviews")
    for start, splits in sorted(shared.items(), key=lambda item: (-len(item[1]), item[0]))[:5]:
        print(f"  {len(splits)} x {start}")
    first_words = Counter(words(row["text"])[0] for row in rows)
    print("  commonest first words: " + ", ".join(f"{word} {count}" for word, count in first_words.most_common(10)))
    report.promise(max(map(len, splits_of.values())) <= most, f"no opening more than {most} times")
    report.promise(not across, f"openings shared across splits: {len(across)}")


def check_near_duplicates(rows, report, shown=(0.5, 0.3, 0.2, 0.1)):
    plain = Counter(" ".join(words(row["text"])) for row in rows)
    print("\nDuplicates")
    report.promise(max(plain.values()) == 1, f"exact duplicates (case and punctuation aside): {sum(n - 1 for n in plain.values())}")
    for name, runs in (
        ("runs of three words", [word_runs(row["text"], 3) for row in rows]),
        ("runs of five letters", [letter_runs(row["text"], 5) for row in rows]),
    ):
        pairs = similar_pairs(runs, min(shown))
        is_across = lambda pair: rows[pair[1]]["split"] != rows[pair[2]]["split"]
        across, within = [p for p in pairs if is_across(p)], [p for p in pairs if not is_across(p)]
        print(f"\nSimilarity (Jaccard) of {name}")
        for place, found in (("within a split", within), ("across splits", across)):
            print(f"  {place}: " + ", ".join(f"{sum(p[0] >= t for p in found)} pairs at {t} or more" for t in shown))
            for jaccard, first, second in found[:4]:
                print(f"    {jaccard:.3f} {rows[first]['text'][:62]} | {rows[second]['text'][:62]}")
        report.promise(all(p[0] < MAX_JACCARD for p in pairs), f"no pair at {MAX_JACCARD} or more")
        if name == "runs of three words":
            report.promise(all(p[0] < MAX_JACCARD_ACROSS for p in across), f"no pair across splits at {MAX_JACCARD_ACROSS} or more")


def check_templates(rows, report, most=MAX_SAME_FOUR_WORDS):
    counts = Counter(run for row in rows for run in word_runs(row["text"], 4))
    print("\nTemplates: the runs of four words found in the most reviews")
    print("  " + ", ".join(f"{' '.join(run)} {count}" for run, count in counts.most_common(10)))
    once = sum(count == 1 for count in counts.values())
    print(f"  {once / len(counts):.1%} of {len(counts)} different runs of four words occur in one review only")
    report.promise(max(counts.values()) <= most, f"no run of four words in more than {most} reviews")


# --------------------------------------------------------------------------- split


def split(arguments):
    pool = read_pool(Path(arguments.pool)) if arguments.pool else read_rows()
    before = [(row["text"], row.get("split")) for row in pool]
    made = make_split(pool)
    for name in SPLITS:
        print(f"{name}: {sum(row['split'] == name for row in made)}")
    if arguments.write:
        write_rows(made)
        print(f"wrote {CSV_PATH} and {VOICES_PATH}")
        return 0
    if [(row["text"], row["split"]) for row in made] == before:
        print("the file holds exactly this split, in this order")
        return 0
    print("the file holds another split: its texts were changed after it was made (or --write is meant)")
    return 1


def read_pool(folder):
    """The corrected reviews as their authors' files: one JSON Lines file a voice, named A.jsonl, B.jsonl, ..."""
    pool = []
    for path in sorted(folder.glob("?.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            pool.append({**json.loads(line), "voice": path.stem})
    return pool


def make_split(pool, held_out=HELD_OUT_ROWS, groups_of=None, fixed=None):
    """A fixed split, the same for the same set of texts whatever their order.

    Each (label, hard kind) has its quota in each split. Reviews that share an opening or resemble each other move as
    one group; among the splits with room for a group, it goes to the one that has the least of its voice so far. `groups_of` may
    join more than that; the texts in `fixed`, with their groups, go to the split it names.
    """
    rows = sorted((dict(row) for row in pool), key=lambda row: row["text"])
    chance = random.Random(SPLIT_SEED)
    left, fixed = quotas(rows, held_out), fixed or {}
    voice_totals = Counter((row["voice"], row["label"], row["hard"]) for row in rows)
    taken = Counter()

    def crowding(name, group):
        share = held_out.get(name, len(rows) - sum(held_out.values())) / len(rows)
        return sum(taken[name, key] / (share * voice_totals[key]) for key in map(voice_key, group))

    def place(group):
        needed = Counter((row["label"], row["hard"]) for row in group)
        allowed = {fixed[row["text"]] for row in group if row["text"] in fixed} or SPLITS
        open_splits = [name for name in SPLITS if name in allowed and all(left[name, cell] >= count for cell, count in needed.items())]
        if not open_splits:
            return False
        name = min(open_splits, key=lambda candidate: crowding(candidate, group))
        for row in group:
            row["split"] = name
            left[name, (row["label"], row["hard"])] -= 1
            taken[name, voice_key(row)] += 1
        return True

    groups = (groups_of or groups_to_keep_together)(rows)
    chance.shuffle(groups)
    for group in sorted(groups, key=lambda group: (not any(row["text"] in fixed for row in group), -len(group))):
        if not place(group):
            for row in group:
                place([row])
    chance.shuffle(rows)
    return rows


def voice_key(row):
    return (row["voice"], row["label"], row["hard"])


def quotas(rows, held_out):
    """How many reviews of each (label, hard kind) each split takes: proportional, rounded so that labels balance exactly."""
    totals = Counter((row["label"], row["hard"]) for row in rows)
    left = {("train", cell): count for cell, count in totals.items()}
    for label in LABELS:
        cells = [cell for cell in totals if cell[0] == label]
        label_total = sum(totals[cell] for cell in cells)
        for name, size in held_out.items():
            exact = {cell: totals[cell] * (size // 2) / label_total for cell in cells}
            quota = {cell: int(exact[cell]) for cell in cells}
            by_remainder = sorted(cells, key=lambda cell: (quota[cell] - exact[cell], cell))
            for cell in by_remainder[: size // 2 - sum(quota.values())]:
                quota[cell] += 1
            for cell in cells:
                left[name, cell] = quota[cell]
                left["train", cell] -= quota[cell]
    return left


def groups_to_keep_together(rows, more_pairs=()):
    """Groups of rows; those in `more_pairs` (likeness, first, second) are joined too."""
    leader = list(range(len(rows)))

    def find(index):
        while leader[index] != index:
            index = leader[index]
        return index

    first_with = {}
    for index, row in enumerate(rows):
        leader[find(index)] = find(first_with.setdefault(opening(row["text"]), index))
    for length, runs in ((3, word_runs), (5, letter_runs)):
        for _, first, second in similar_pairs([runs(row["text"], length) for row in rows], KEEP_TOGETHER_JACCARD):
            leader[find(second)] = find(first)
    for _, first, second in more_pairs:
        leader[find(second)] = find(first)
    groups = defaultdict(list)
    for index, row in enumerate(rows):
        groups[find(index)].append(row)
    return list(groups.values())


def write_rows(rows):
    with open(CSV_PATH, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    voices = "".join(row["voice"] for row in rows)
    lines = [voices[start : start + 100] for start in range(0, len(voices), 100)]
    VOICES_PATH.write_text("\n".join(lines) + "\n", encoding="ascii")


# --------------------------------------------------------------------------- baseline

STRENGTHS = [2.0**power for power in range(-6, 11)]  # C, the weight of the data against the L2 penalty
GRADIENT_TOLERANCE = 1e-6  # of the first gradient's norm


def baseline(_arguments):
    """Every variant is trained on `train`; its strength and the variant itself are chosen on `validation`."""
    rows = read_rows()
    parts = {name: [row for row in rows if row["split"] == name] for name in SPLITS}
    print(f"logistic regression on bags of words, trained on {len(parts['train'])} reviews, chosen on {len(parts['validation'])}, scored on {len(parts['test'])}\n")
    print(f"{'variant':40} {'features':>8} {'C':>7}  {'validation':>10}  {'test':>6}")
    results = []
    for longest_run in (1, 2):
        for weighting in ("count", "presence", "tf-idf"):
            for min_reviews in (1, 2):
                results.append(best_strength(parts, longest_run, weighting, min_reviews))
                result = results[-1]
                print(f"{result['name']:40} {result['features']:8} {result['strength']:7g}  {result['validation']:10.1%}  {result['test']:6.1%}")
    chosen = min(results, key=lambda result: (-result["validation"], result["validation_loss"]))
    print(f"\nchosen on validation: {chosen['name']}, C = {chosen['strength']:g}")
    report_scores(parts["test"], chosen["right"])
    print("  words that weigh most: " + chosen["telling"])
    luckiest = max(results, key=lambda result: result["test"])
    print(f"\nnot a fair choice, an upper bound: the best of the {len(results)} variants on the test itself, {luckiest['name']}: {luckiest['test']:.1%}")
    both = {**parts, "train": parts["train"] + parts["validation"]}
    refit = fit_and_score(both, Features(both["train"], **chosen["options"]), chosen["strength"], None)
    print(f"the chosen variant trained on train + validation: {refit['test']:.1%}")
    return 0


def report_scores(rows, right):
    groups = [("all", lambda row: True), ("straightforward", lambda row: not row["hard"]), ("hard", lambda row: row["hard"])]
    groups += [(f"  {kind}", lambda row, kind=kind: row["hard"] == kind) for kind in HARD_KINDS]
    for name, keep in groups:
        hits = [hit for row, hit in zip(rows, right) if keep(row)]
        low, high = wilson_interval(sum(hits), len(hits))
        print(f"  test, {name:16} {sum(hits):3} of {len(hits):3} = {sum(hits) / len(hits):5.1%}   95% interval {low:.1%} to {high:.1%}")


def wilson_interval(hits, count, z=1.959964):
    share = hits / count
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count)) / (1 + z * z / count)
    return middle - half, middle + half


class Features:
    """Turns a review into [(column, value)]; the vocabulary and the idf weights come from the training reviews only."""

    def __init__(self, rows, longest_run, weighting, min_reviews):
        self.longest_run, self.weighting = longest_run, weighting
        reviews_with = Counter(run for row in rows for run in set(self.runs(row["text"])))
        self.names = sorted(run for run, count in reviews_with.items() if count >= min_reviews)
        self.columns = {run: column for column, run in enumerate(self.names)}
        self.idf = [math.log((1 + len(rows)) / (1 + reviews_with[run])) + 1 for run in self.names]

    def runs(self, text):
        found = words(text)
        return [" ".join(found[i : i + n]) for n in range(1, self.longest_run + 1) for i in range(len(found) - n + 1)]

    def vector(self, text):
        counts = Counter(self.columns[run] for run in self.runs(text) if run in self.columns)
        if self.weighting == "presence":
            values = {column: 1.0 for column in counts}
        elif self.weighting == "count":
            values = {column: float(count) for column, count in counts.items()}
        else:
            values = {column: count * self.idf[column] for column, count in counts.items()}
            norm = math.sqrt(sum(value * value for value in values.values())) or 1.0
            values = {column: value / norm for column, value in values.items()}
        return [*values.items(), (len(self.names), 1.0)]  # the last column is the intercept


def best_strength(parts, longest_run, weighting, min_reviews):
    options = {"longest_run": longest_run, "weighting": weighting, "min_reviews": min_reviews}
    features, best, start = Features(parts["train"], **options), None, None
    for strength in STRENGTHS:
        result = fit_and_score(parts, features, strength, start)
        start = result["weights"]
        if best is None or (-result["validation"], result["validation_loss"]) < (-best["validation"], best["validation_loss"]):
            best = result
    runs = "words" if longest_run == 1 else "words and pairs"
    best["name"] = f"{runs}, {weighting}, in {min_reviews}+ reviews"
    best["options"] = options
    return best


def fit_and_score(parts, features, strength, start):
    data = {name: [features.vector(row["text"]) for row in part] for name, part in parts.items()}
    signs = {name: [1.0 if row["label"] == "positive" else -1.0 for row in part] for name, part in parts.items()}
    weights = fit(data["train"], signs["train"], len(features.names), strength, start)
    margins = {name: [y * dot(weights, x) for x, y in zip(data[name], signs[name])] for name in ("validation", "test")}
    order = sorted(range(len(features.names)), key=lambda column: weights[column])
    return {
        "features": len(features.names),
        "strength": strength,
        "weights": weights,
        "validation": sum(margin > 0 for margin in margins["validation"]) / len(margins["validation"]),
        "validation_loss": statistics.mean(map(log_loss, margins["validation"])),
        "test": sum(margin > 0 for margin in margins["test"]) / len(margins["test"]),
        "right": [margin > 0 for margin in margins["test"]],
        "telling": ", ".join(features.names[c] for c in order[:12]) + " | " + ", ".join(features.names[c] for c in order[:-13:-1]),
    }


def dot(weights, vector):
    return sum(weights[column] * value for column, value in vector)


def log_loss(margin):
    return math.log1p(math.exp(-margin)) if margin > 0 else -margin + math.log1p(math.exp(margin))


def fit(vectors, signs, width, strength, start):
    """Minimises strength * sum of losses + |w|^2 / 2 (the intercept is free) by Newton steps, each solved by conjugate gradients."""
    weights = list(start) if start else [0.0] * (width + 1)
    penalty = [1.0] * width + [1e-6]

    def objective(point):
        losses = sum(log_loss(y * dot(point, x)) for x, y in zip(vectors, signs))
        return strength * losses + 0.5 * sum(p * w * w for p, w in zip(penalty, point))

    value, tolerance = objective(weights), None
    for _ in range(100):
        gradient = [p * w for p, w in zip(penalty, weights)]
        curvature = []
        for vector, sign in zip(vectors, signs):
            wrong = math.exp(-log_loss(-sign * dot(weights, vector)))  # probability of the other label
            curvature.append(strength * wrong * (1 - wrong))
            for column, entry in vector:
                gradient[column] -= strength * sign * wrong * entry
        norm = math.sqrt(sum(g * g for g in gradient))
        tolerance = tolerance or max(GRADIENT_TOLERANCE * strength * math.sqrt(len(vectors)), 1e-9)
        if norm <= tolerance:
            return weights
        step = newton_step(vectors, curvature, penalty, gradient, min(0.1, math.sqrt(norm)) * norm)
        slope, size = sum(g * s for g, s in zip(gradient, step)), 1.0
        while True:
            trial = [w + size * s for w, s in zip(weights, step)]
            trial_value = objective(trial)
            if trial_value <= value + 1e-4 * size * slope or size < 1e-8:
                break
            size /= 2
        weights, value = trial, trial_value
    raise SystemExit("the logistic regression did not converge in 100 Newton steps")


def newton_step(vectors, curvature, penalty, gradient, tolerance):
    """Solves (X' D X + penalty) step = -gradient to a residual of `tolerance`."""
    step = [0.0] * len(gradient)
    residual = [-g for g in gradient]
    direction, squared = list(residual), sum(r * r for r in residual)
    for _ in range(500):
        if math.sqrt(squared) <= tolerance:
            break
        product = [p * d for p, d in zip(penalty, direction)]
        for vector, weight in zip(vectors, curvature):
            scale = weight * dot(direction, vector)
            for column, entry in vector:
                product[column] += scale * entry
        length = squared / sum(d * q for d, q in zip(direction, product))
        step = [s + length * d for s, d in zip(step, direction)]
        residual = [r - length * q for r, q in zip(residual, product)]
        squared, previous = sum(r * r for r in residual), squared
        direction = [r + squared / previous * d for r, d in zip(residual, direction)]
    return step


# --------------------------------------------------------------------------- command line


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("check").set_defaults(run=check)
    splitting = commands.add_parser("split")
    splitting.add_argument("--pool", help="a folder with one JSON Lines file a voice (text, label, hard) instead of the CSV")
    splitting.add_argument("--write", action="store_true", help="store the split instead of comparing it")
    splitting.set_defaults(run=split)
    commands.add_parser("baseline").set_defaults(run=baseline)
    arguments = parser.parse_args()
    return arguments.run(arguments)


if __name__ == "__main__":
    sys.exit(main())
