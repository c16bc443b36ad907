#!/usr/bin/env python3
"""Checks the running texts of `www/data`: `stories.txt`, on which the app measures what fine-tuning makes a model
forget, and `beekeeping.txt`, a subject for it to learn.

    python3 tests/data/stories.py check [NAME...]            counts, form, repeated openings, near-duplicates; exit status 1 if a promise is broken
    python3 tests/data/stories.py check --corpus FILE ...    the same, and no long run of words shared with these files

NAME is `stories` or `beekeeping`; without one, both. Standard library only. The table `TEXTS` holds the promises; the
data cards, `www/data/NAME.md`, quote them.
"""

import argparse
import re
import statistics
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

from texts import Report, opening, similar_pairs, word_runs, words

FOLDER = Path(__file__).resolve().parents[2] / "www" / "data"


@dataclass(frozen=True)
class Promises:
    separator: str  # what stands between two paragraphs
    min_paragraphs: int
    words_range: tuple
    max_same_opening: int = 2  # paragraphs that share their first three words
    max_jaccard: float = 0.2  # no pair of paragraphs is this alike, in three-word runs
    max_same_four_words: int = 5  # paragraphs that contain the same run of four words: a template would show here
    max_same_name: int | None = None  # paragraphs that contain the same capitalised word, not counting those that also occur without a capital
    terms: tuple = ()  # words of the subject; each occurs, as it is or as a plural,
    min_term_paragraphs: int = 0  # in so many paragraphs


TEXTS = {
    "stories": Promises("\n", 150, (45, 130), max_same_name=4),
    "beekeeping": Promises(
        "\n\n", 220, (40, 110), min_term_paragraphs=5,
        terms=("brood", "super", "smoker", "excluder", "swarm", "nectar", "varroa", "propolis", "foundation", "queen", "drone", "colony", "hive", "frame", "comb", "cluster", "pollen", "nucleus", "mite", "fondant")),
}
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
    report = Report()
    for name in arguments.names or TEXTS:
        print(f"=== {name}.txt")
        check_text(name, arguments.corpus, report)
        print()
    print(f"{len(report.broken)} promises broken")
    return 1 if report.broken else 0


def check_text(name, corpus, report):
    promises, path = TEXTS[name], FOLDER / f"{name}.txt"
    content = path.read_bytes()
    text = content.decode("utf-8")
    paragraphs = text.removesuffix("\n").split(promises.separator)
    check_form(content, text, paragraphs, promises, report)
    check_openings(paragraphs, promises.max_same_opening, report)
    check_near_duplicates(paragraphs, promises.max_jaccard, report)
    check_templates(paragraphs, promises.max_same_four_words, report)
    if promises.max_same_name:
        check_names(paragraphs, promises.max_same_name, report)
    if promises.terms:
        check_terms(paragraphs, promises, report)
    for file in corpus:
        check_corpus(paragraphs, promises.terms, Path(file), report)


def check_form(content, text, paragraphs, promises, report):
    lengths = [len(paragraph.split()) for paragraph in paragraphs]
    print(f"{len(paragraphs)} paragraphs, {sum(lengths)} words, {len(content)} bytes")
    print(f"  words a paragraph: median {statistics.median(lengths):.1f}, mean {statistics.mean(lengths):.1f}, {min(lengths)} to {max(lengths)}")
    print(f"  under 65 words {sum(n < 65 for n in lengths)}, 65 to 99 {sum(65 <= n < 100 for n in lengths)}, 100 or more {sum(n >= 100 for n in lengths)}")
    print(f"  with dialogue {sum(chr(34) in paragraph for paragraph in paragraphs)}, without {sum(chr(34) not in paragraph for paragraph in paragraphs)}")
    print("\nPromises on counts and form")
    low, high = promises.words_range
    report.promise(len(paragraphs) >= promises.min_paragraphs, f"at least {promises.min_paragraphs} paragraphs")
    outside = [number for number, length in enumerate(lengths, 1) if not low <= length <= high]
    report.promise(not outside, f"{low} to {high} words each" + (f"; not so: paragraphs {outside}" if outside else ""))
    report.promise(text.isascii(), "no character outside ASCII")
    between = "one blank line" if promises.separator == "\n\n" else "no blank line"
    report.promise(text.endswith("\n") and "\r" not in text and all(paragraphs), f"line feeds at line ends, one at the end, {between} between paragraphs")
    report.promise(all(paragraph == " ".join(paragraph.split()) for paragraph in paragraphs), "each paragraph on one line, no stray spaces")
    odd = [number for number, paragraph in enumerate(paragraphs, 1) if paragraph.count('"') % 2]
    report.promise(not odd, "double quotes in pairs" + (f"; not so: paragraphs {odd}" if odd else ""))


def check_openings(texts, limit, report):
    counts = Counter(map(opening, texts))
    repeated = {start: count for start, count in counts.items() if count > 1}
    print(f"\nOpenings (first three words): {len(counts)} different; {len(repeated)} are used more than once")
    for start, count in commonest(repeated, 5):
        print(f"  {count} x {start}")
    first_words = Counter(start.split(" ")[0] for start in map(opening, texts))
    print("  commonest first words: " + ", ".join(f"{word} {count}" for word, count in commonest(first_words, 8)))
    report.promise(max(counts.values()) <= limit, f"no opening more than {limit} times")


def check_near_duplicates(texts, limit, report):
    pairs = similar_pairs([word_runs(text, 3) for text in texts])
    print("\nSimilarity (Jaccard) of runs of three words: the most alike")
    for jaccard, first, second in pairs[:3]:
        print(f"  {jaccard:.3f} numbers {first + 1} and {second + 1}")
    report.promise(all(pair[0] < limit for pair in pairs), f"no pair at {limit} or more")


def check_templates(texts, limit, report):
    counts = Counter(run for text in texts for run in word_runs(text, 4))
    print("\nTemplates: the runs of four words found in the most places")
    print("  " + ", ".join(f"{' '.join(run)} {count}" for run, count in commonest(counts, 10)))
    once = sum(count == 1 for count in counts.values())
    print(f"  {once / len(counts):.1%} of {len(counts)} different runs of four words occur in one place only")
    report.promise(max(counts.values()) <= limit, f"no run of four words in more than {limit}")


def check_names(paragraphs, limit, report):
    named = names(paragraphs)
    print("  names in the most paragraphs: " + ", ".join(f"{name} {count}" for name, count in commonest(named, 12)))
    report.promise(max(named.values()) <= limit, f"no name in more than {limit} paragraphs")


def forms(term):
    """A word of the subject and its plural."""
    return {term, f"{term}s", term.removesuffix("y") + "ies", term.removesuffix("us") + "i"}


def check_terms(paragraphs, promises, report):
    found = [set(words(paragraph)) for paragraph in paragraphs]
    counts = {term: sum(bool(forms(term) & there) for there in found) for term in promises.terms}
    print("\nWords of the subject, and the paragraphs they are in")
    print("  " + ", ".join(f"{term} {count}" for term, count in commonest(counts, len(counts))))
    report.promise(min(counts.values()) >= promises.min_term_paragraphs, f"each in {promises.min_term_paragraphs} paragraphs at least")


def check_corpus(paragraphs, terms, path, report):
    places = defaultdict(list)
    for number, paragraph in enumerate(paragraphs, 1):
        for run in word_runs(paragraph, CORPUS_RUN):
            places[run].append(number)
    wanted = {form: term for term in terms for form in forms(term)}
    found, known, last, total = Counter(), Counter(), (), 0  # the runs may go over line ends, so carry the last words along
    with open(path, encoding="utf-8", errors="replace") as file:
        for line in file:
            fresh = words(line.replace("\u2019", "'"))
            total += len(fresh)
            known.update(wanted[word] for word in fresh if word in wanted)
            stretch = [*last, *fresh]
            for run in zip(*(stretch[i:] for i in range(CORPUS_RUN))):
                if run in places:
                    found[run] += 1
            last = stretch[-(CORPUS_RUN - 1) :]
    print(f"\nShared with {path} ({total} words): {len(found)} of {len(places)} runs of {CORPUS_RUN} words")
    for run, count in commonest(found, 20):
        print(f"  {count} x {' '.join(run)} (paragraph {', '.join(map(str, places[run]))})")
    for term in terms:
        here = sum(word in forms(term) for paragraph in paragraphs for word in words(paragraph))
        print(f"  {term}: {here} here, {known[term]} there")
    report.promise(not found, f"no run of {CORPUS_RUN} words shared with {path.name}")


# --------------------------------------------------------------------------- command line


def text_name(argument):
    if argument not in TEXTS:
        raise argparse.ArgumentTypeError(f"{argument} is not in the table; there are {', '.join(TEXTS)}")
    return argument


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    checking = commands.add_parser("check")
    checking.add_argument("names", metavar="NAME", nargs="*", type=text_name, help="without one: all of the table")
    checking.add_argument("--corpus", metavar="FILE", nargs="+", default=[], help="text files that must share no long run of words with the texts")
    checking.set_defaults(run=check)
    arguments = parser.parse_args()
    return arguments.run(arguments)


if __name__ == "__main__":
    sys.exit(main())
