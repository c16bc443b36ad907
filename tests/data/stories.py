#!/usr/bin/env python3
"""Checks `www/data/stories.txt`, the held-out narrative text on which the app measures what fine-tuning makes a model forget.

    python3 tests/data/stories.py check                      counts, form, repeated openings, near-duplicates; exit status 1 if a promise is broken
    python3 tests/data/stories.py check --corpus FILE ...    the same, and no long run of words shared with these files

Standard library only. The promises are the constants below; the data card, `www/data/stories.md`, quotes them.
"""

import argparse
import re
import statistics
import sys
from collections import Counter, defaultdict
from pathlib import Path

from texts import Report, opening, similar_pairs, word_runs, words

ROOT = Path(__file__).resolve().parents[2]
TEXT_PATH = ROOT / "www" / "data" / "stories.txt"

# What the data card promises.
MIN_PARAGRAPHS = 150
WORDS_RANGE = (45, 130)
MAX_SAME_OPENING = 2  # paragraphs that share their first three words
MAX_JACCARD = 0.2  # no pair of paragraphs is this alike, in three-word runs
MAX_SAME_FOUR_WORDS = 5  # paragraphs that contain the same run of four words: a template would show here
MAX_SAME_NAME = 4  # paragraphs that contain the same capitalised word, not counting those that also occur without a capital
CORPUS_RUN = 8  # no run of this many words is shared with a corpus file

# Capitalised words that are no character's name, though this text has them with a capital only.
NO_NAMES = frozenset("i i'm i've i'll i'd mr mrs miss dr sir".split())


# --------------------------------------------------------------------------- reading and measuring


def names(paragraphs):
    """How many paragraphs contain each word that occurs with a capital and, in the whole text, never without one."""
    found = re.compile(r"[A-Za-z]+(?:'[a-z]+)*")
    lower = {word for text in paragraphs for word in found.findall(text) if word[0].islower()}
    counts = Counter()
    for text in paragraphs:
        capitalised = {word.removesuffix("'s") for word in found.findall(text) if word[0].isupper()}
        counts.update(word for word in capitalised if word.lower() not in lower | NO_NAMES)
    return counts


def commonest(counts, number):
    """As Counter.most_common, but with ties in alphabetical order, so that two runs print the same."""
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:number]


# --------------------------------------------------------------------------- check


def check(arguments):
    content, report = TEXT_PATH.read_bytes(), Report()
    text = content.decode("utf-8")
    paragraphs = text.removesuffix("\n").split("\n")
    check_form(content, text, paragraphs, report)
    check_openings(paragraphs, report)
    check_near_duplicates(paragraphs, report)
    check_templates(paragraphs, report)
    for path in arguments.corpus:
        check_corpus(paragraphs, Path(path), report)
    print(f"\n{len(report.broken)} promises broken")
    return 1 if report.broken else 0


def check_form(content, text, paragraphs, report):
    lengths = [len(paragraph.split()) for paragraph in paragraphs]
    print(f"{len(paragraphs)} paragraphs, {sum(lengths)} words, {len(content)} bytes")
    print(f"  words a paragraph: median {statistics.median(lengths):.1f}, mean {statistics.mean(lengths):.1f}, {min(lengths)} to {max(lengths)}")
    print(f"  under 65 words {sum(n < 65 for n in lengths)}, 65 to 99 {sum(65 <= n < 100 for n in lengths)}, 100 or more {sum(n >= 100 for n in lengths)}")
    print(f"  with dialogue {sum(chr(34) in paragraph for paragraph in paragraphs)}, without {sum(chr(34) not in paragraph for paragraph in paragraphs)}")
    print("\nPromises on counts and form")
    low, high = WORDS_RANGE
    report.promise(len(paragraphs) >= MIN_PARAGRAPHS, f"at least {MIN_PARAGRAPHS} paragraphs")
    outside = [number for number, length in enumerate(lengths, 1) if not low <= length <= high]
    report.promise(not outside, f"{low} to {high} words each" + (f"; not so: lines {outside}" if outside else ""))
    report.promise(text.isascii(), "no character outside ASCII")
    report.promise(text.endswith("\n") and "\r" not in text and all(paragraphs), "line feeds at line ends, one at the end, no blank line")
    report.promise(all(paragraph == " ".join(paragraph.split()) for paragraph in paragraphs), "no stray spaces")
    odd = [number for number, paragraph in enumerate(paragraphs, 1) if paragraph.count('"') % 2]
    report.promise(not odd, "double quotes in pairs" + (f"; not so: lines {odd}" if odd else ""))


def check_openings(paragraphs, report):
    counts = Counter(map(opening, paragraphs))
    repeated = {start: count for start, count in counts.items() if count > 1}
    print(f"\nOpenings (first three words): {len(counts)} different; {len(repeated)} are used more than once")
    for start, count in sorted(repeated.items(), key=lambda item: (-item[1], item[0]))[:5]:
        print(f"  {count} x {start}")
    first_words = Counter(start.split(" ")[0] for start in map(opening, paragraphs))
    print("  commonest first words: " + ", ".join(f"{word} {count}" for word, count in commonest(first_words, 8)))
    report.promise(max(counts.values()) <= MAX_SAME_OPENING, f"no opening more than {MAX_SAME_OPENING} times")


def check_near_duplicates(paragraphs, report):
    pairs = similar_pairs([word_runs(paragraph, 3) for paragraph in paragraphs])
    print("\nSimilarity (Jaccard) of runs of three words: the most alike")
    for jaccard, first, second in pairs[:3]:
        print(f"  {jaccard:.3f} lines {first + 1} and {second + 1}")
    report.promise(all(pair[0] < MAX_JACCARD for pair in pairs), f"no pair at {MAX_JACCARD} or more")


def check_templates(paragraphs, report):
    counts = Counter(run for paragraph in paragraphs for run in word_runs(paragraph, 4))
    print("\nTemplates: the runs of four words found in the most paragraphs")
    print("  " + ", ".join(f"{' '.join(run)} {count}" for run, count in commonest(counts, 10)))
    once = sum(count == 1 for count in counts.values())
    print(f"  {once / len(counts):.1%} of {len(counts)} different runs of four words occur in one paragraph only")
    report.promise(max(counts.values()) <= MAX_SAME_FOUR_WORDS, f"no run of four words in more than {MAX_SAME_FOUR_WORDS} paragraphs")
    named = names(paragraphs)
    print("  names in the most paragraphs: " + ", ".join(f"{name} {count}" for name, count in commonest(named, 12)))
    report.promise(max(named.values()) <= MAX_SAME_NAME, f"no name in more than {MAX_SAME_NAME} paragraphs")


def check_corpus(paragraphs, path, report):
    places = defaultdict(list)
    for number, paragraph in enumerate(paragraphs, 1):
        for run in word_runs(paragraph, CORPUS_RUN):
            places[run].append(number)
    found, last, total = Counter(), (), 0  # the runs may go over line ends, so carry the last words along
    with open(path, encoding="utf-8", errors="replace") as file:
        for line in file:
            fresh = words(line.replace("\u2019", "'"))
            total += len(fresh)
            stretch = [*last, *fresh]
            for run in zip(*(stretch[i:] for i in range(CORPUS_RUN))):
                if run in places:
                    found[run] += 1
            last = stretch[-(CORPUS_RUN - 1) :]
    print(f"\nShared with {path} ({total} words): {len(found)} of {len(places)} runs of {CORPUS_RUN} words")
    for run, count in commonest(found, 20):
        print(f"  {count} x {' '.join(run)} (line {', '.join(map(str, places[run]))})")
    report.promise(not found, f"no run of {CORPUS_RUN} words shared with {path.name}")


# --------------------------------------------------------------------------- command line


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    checking = commands.add_parser("check")
    checking.add_argument("--corpus", metavar="FILE", nargs="+", default=[], help="text files that must share no long run of words with the stories")
    checking.set_defaults(run=check)
    arguments = parser.parse_args()
    return arguments.run(arguments)


if __name__ == "__main__":
    sys.exit(main())
