#!/usr/bin/env python3
"""Checks and scores `www/data/passages.jsonl` (find the passage that answers) and `questions.jsonl` (find the answer in it).

    python3 tests/data/passages.py check       forms, counts, offsets, repetitions; exit status 1 if a promise is broken
    python3 tests/data/passages.py baseline    words in common: how many questions find their passage, and how good the spans are

Standard library only. The promises are the constants below; the data cards, `www/data/passages.md` and `questions.md`, quote them.
"""

import argparse
import sys
from collections import Counter

from annotated import QA_COLUMNS, QaPromise, baseline_qa, check_qa, promise_rows, read_lines
from labelled import check_near_duplicates
from reviews import Features, wilson_interval
from texts import Report, opening, words

# What the cards promise.
PASSAGES = 200
PASSAGE_WORDS = (45, 90)
QUESTION_WORDS = (6, 16)
# Three questions to a passage of few words ask alike ("What was the name of the ...?"), so these promise less than those of qa.jsonl.
QUESTIONS = QaPromise({"train": 420, "validation": 60, "test": 120}, (3, 7), 24, 0.8, 0.6, 0.6)
MAX_SAME_OPENING = 6  # search questions that share their first three words


def read_passages():
    rows = read_lines("passages.jsonl", ["passage", "question"])
    for number, row in enumerate(rows, 1):
        if not all(isinstance(text, str) for text in row.values()):
            raise ValueError(f"passages.jsonl, line {number}: passage and question should be strings")
    return rows


def check(_arguments):
    report = Report()
    for name, run in (("passages.jsonl", check_pairs), ("questions.jsonl", lambda report: check_qa(report, "questions.jsonl", QUESTIONS))):
        print(f"\n=== {name}")
        try:
            run(report)
        except ValueError as problem:
            report.promise(False, str(problem))
    print(f"\n{len(report.broken)} promises broken")
    return 1 if report.broken else 0


def check_pairs(report):
    rows = read_passages()
    report.promise(len(rows) == PASSAGES, f"{PASSAGES} passages, each with one question (today {len(rows)})")
    promise_rows(report, rows, lambda row: all(text.isascii() and text == " ".join(text.split()) for text in row.values()), "ASCII only, no line breaks, no stray spaces")
    for field, (low, high) in (("passage", PASSAGE_WORDS), ("question", QUESTION_WORDS)):
        promise_rows(report, rows, lambda row: low <= len(row[field].split()) <= high, f"{low} to {high} words a {field}")
        # One split for all: the pairs are for measuring, none of them is trained on.
        check_near_duplicates([{"text": row[field], "split": "test"} for row in rows], report)
    start, most = Counter(opening(row["question"]) for row in rows).most_common(1)[0]
    report.promise(most <= MAX_SAME_OPENING, f"no opening (three words) of more than {MAX_SAME_OPENING} questions: {start!r} {most}")
    check_same_passages(rows, report)


def check_same_passages(rows, report):
    contexts = {row["context"] for row in read_lines("questions.jsonl", QA_COLUMNS)}
    old = {row["context"] for row in read_lines("qa.jsonl", QA_COLUMNS)}
    report.promise(contexts == {row["passage"] for row in rows}, "the passages are those of questions.jsonl")
    report.promise(not contexts & old, "none of them is in qa.jsonl")


def baseline(_arguments):
    rows = read_passages()
    print("passages.jsonl: the passage whose words, tf-idf, are most like the question's")
    features = Features([{"text": row["passage"]} for row in rows], longest_run=1, weighting="tf-idf", min_reviews=1)
    passages = [dict(features.vector(row["passage"])[:-1]) for row in rows]
    ranks = []
    for place, row in enumerate(rows):
        asked = dict(features.vector(row["question"])[:-1])
        alike = [sum(value * passage.get(column, 0.0) for column, value in asked.items()) for passage in passages]
        ranks.append(sum(other >= alike[place] for other in alike))  # of equals, its own comes last
    for most in (1, 5):
        hits = sum(rank <= most for rank in ranks)
        low, high = wilson_interval(hits, len(rows))
        print(f"  own passage among the first {most}: {hits} of {len(rows)} = {hits / len(rows):.1%} (95% interval {low:.1%} to {high:.1%})")
    shared = [len(set(words(row["question"])) & set(words(row["passage"]))) / len(set(words(row["question"]))) for row in rows]
    print(f"  of a question's words, {sum(shared) / len(shared):.1%} stand in its passage")
    baseline_qa("questions.jsonl")
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, run in (("check", check), ("baseline", baseline)):
        commands.add_parser(name).set_defaults(run=run)
    arguments = parser.parse_args()
    try:
        return arguments.run(arguments)
    except ValueError as problem:
        sys.exit(str(problem))


if __name__ == "__main__":
    sys.exit(main())
