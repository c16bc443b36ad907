#!/usr/bin/env python3
"""Checks and scores the two sets of `www/data` that mark places in a text: `ner.jsonl` (names) and `qa.jsonl` (answers).

    python3 tests/data/annotated.py check [ner] [qa]       forms, counts, offsets, repetitions; exit status 1 if a promise is broken
    python3 tests/data/annotated.py baseline [ner] [qa]    a dictionary of words, and the sentence most like the question: the bars

Standard library only. The promises are the constants below; the data cards, `www/data/ner.md` and `qa.md`, quote them.
"""

import argparse
import json
import math
import re
import statistics
import string
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass

from labelled import FOLDER, MAX_JACCARD, MAX_JACCARD_ACROSS, SPLITS, check_near_duplicates, check_openings, check_templates
from reviews import wilson_interval
from texts import Report, opening, words

TYPES = ("PER", "LOC", "ORG", "DATE")
NAMES = ("PER", "LOC", "ORG")  # dates come from one small calendar, so only these can be new in the test
TAGS = {"O"} | {f"{part}-{kind}" for part in "BI" for kind in TYPES}
PUNCTUATION = set('.,;:!?"()')
OPENERS = set('.!?:"')  # a capital after these says nothing
PLAIN_CAPITALS = set(  # words that may stand in capitals inside a sentence without being part of a name
    "I Mr Mrs Miss Dr Doctor Nurse Professor Captain Aunt CLOSED UNTIL".split())

# What the card of the names promises.
NER_COLUMNS = ["tokens", "ner_tags", "split"]
NER_SIZES = {"train": 240, "validation": 40, "test": 80}
TOKENS_RANGE = (3, 45)
MIN_OF_TYPE = 120
MIN_OF_TYPE_HELD_OUT = 10  # of each type in validation and in the test
EMPTY_SHARE = (0.10, 0.14)  # sentences without a name or a date
MAX_KNOWN_NAMES = 0.10  # of the test's names, those that stand in train as well
MIN_AMBIGUOUS = 25  # names of one word that are a plain word elsewhere, or a name or date of another type

# What the card of the questions promises.
QA_COLUMNS = ["id", "title", "context", "question", "answers", "split"]
QUESTIONS_A_PASSAGE = 3
PASSAGE_WORDS = (40, 90)
MAX_ANSWER_WORDS = 12
MAX_WHAT = 0.5  # of the questions, those that begin with "what"
MIN_THIRD = 0.2  # of the answers begin in each third of their passage


@dataclass(frozen=True)
class QaPromise:
    sizes: dict
    sentences: tuple  # of a passage
    same_opening: int  # questions that share their first three words; "what did the" is hard to avoid
    found_by_overlap: float  # of the answers lie in the sentence most like the question in its words
    alike: float  # no two questions are this alike, in three-word runs
    alike_across: float  # nor this alike when their splits differ


QA_PROMISE = QaPromise({"train": 210, "validation": 30, "test": 60}, (3, 6), 12, 0.65, MAX_JACCARD, MAX_JACCARD_ACROSS)


# --------------------------------------------------------------------------- reading


def read_lines(name, columns):
    """The objects of one file; says what is wrong with the form and stops."""
    path = FOLDER / name
    if not path.exists():
        raise ValueError(f"{name} is missing from {FOLDER}")
    rows = []
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        try:
            row = json.loads(line)
        except ValueError as problem:
            raise ValueError(f"{name}, line {number}: not JSON ({problem})") from None
        if not isinstance(row, dict) or list(row) != columns:
            raise ValueError(f"{name}, line {number}: the fields should be {', '.join(columns)}, in this order")
        rows.append(row)
    if not rows:
        raise ValueError(f"{name} has no line")
    return rows


def read_ner():
    rows = read_lines("ner.jsonl", NER_COLUMNS)
    for number, row in enumerate(rows, 1):
        for column in ("tokens", "ner_tags"):
            if not is_list_of(row[column], str):
                raise ValueError(f"ner.jsonl, line {number}: {column} should be a list of strings")
        if len(row["tokens"]) != len(row["ner_tags"]):
            raise ValueError(f"ner.jsonl, line {number}: {len(row['tokens'])} tokens and {len(row['ner_tags'])} tags")
        problem = tag_problem(row["ner_tags"])
        if problem:
            raise ValueError(f"ner.jsonl, line {number}: {problem}")
        row["text"] = " ".join(row["tokens"])
        row["found"] = entities(row["ner_tags"])
    return rows


def tag_problem(tags):
    """What is wrong with a row of BIO tags, or None."""
    before = "O"
    for place, tag in enumerate(tags, 1):
        if tag not in TAGS:
            return f"tag {place} is {tag!r}; there are {', '.join(sorted(TAGS))}"
        if tag[0] == "I" and before[2:] != tag[2:]:
            return f"tag {place} is {tag} after {before}; an entity begins with B-{tag[2:]}"
        before = tag
    return None


def entities(tags):
    """(type, first token, end) of each entity of valid BIO tags."""
    found, start = [], None
    for place, tag in enumerate([*tags, "O"]):
        if start is not None and tag[0] != "I":
            found.append((tags[start][2:], start, place))
            start = None
        if tag[0] == "B":
            start = place
    return found


def read_qa(name="qa.jsonl"):
    rows = read_lines(name, QA_COLUMNS)
    for number, row in enumerate(rows, 1):
        for column in ("id", "title", "context", "question", "split"):
            if not isinstance(row[column], str):
                raise ValueError(f"{name}, line {number}: {column} should be a string")
        answers = row["answers"]
        if not isinstance(answers, dict) or list(answers) != ["text", "answer_start"]:
            raise ValueError(f"{name}, line {number}: answers should have text and answer_start")
        if not is_list_of(answers["text"], str) or not is_list_of(answers["answer_start"], int) or len(answers["text"]) != len(answers["answer_start"]):
            raise ValueError(f"{name}, line {number}: answers should have as many texts as starts, and at least one")
    return rows


def is_list_of(value, kind):
    return isinstance(value, list) and bool(value) and all(type(item) is kind for item in value)


# --------------------------------------------------------------------------- check: both


def check(arguments):
    report = Report()
    for name in arguments.names or CHECKS:
        print(f"\n=== {name}.jsonl")
        try:
            CHECKS[name](report)
        except ValueError as problem:
            report.promise(False, str(problem))
    print(f"\n{len(report.broken)} promises broken")
    return 1 if report.broken else 0


def promise_rows(report, rows, holds, what):
    """The promise for every row; names the first one that breaks it."""
    broken = [number for number, row in enumerate(rows, 1) if not holds(row)]
    report.promise(not broken, f"{what}: {len(broken)} break it, first line {broken[0]}" if broken else what)


def promise_sizes(report, rows, sizes):
    promise_rows(report, rows, lambda row: row["split"] in SPLITS, f"only the splits {', '.join(SPLITS)}")
    counts = Counter(row["split"] for row in rows)
    report.promise(dict(counts) == sizes, "splits of " + ", ".join(f"{sizes[split]} (today {counts[split]})" for split in SPLITS))


# --------------------------------------------------------------------------- check: names


def check_ner(report):
    rows = read_ner()
    print("Form")
    low, high = TOKENS_RANGE
    promise_rows(report, rows, lambda row: row["text"].isascii(), "no character outside ASCII")
    promise_rows(report, rows, lambda row: all(map(is_one_token, row["tokens"])), "no empty token, punctuation apart from words")
    promise_rows(report, rows, lambda row: low <= len(row["tokens"]) <= high, f"{low} to {high} tokens each")
    promise_rows(report, rows, lambda row: not forgotten(row), "no capital inside a sentence without a tag, titles and the like aside")
    check_ner_counts(rows, report)
    check_ambiguous(rows, report)
    check_new_names(rows, report)
    check_openings(rows, report)
    check_near_duplicates(rows, report)
    check_templates(rows, report)


def is_one_token(token):
    if not token or token.split() != [token]:
        return False
    return token in PUNCTUATION or not PUNCTUATION & set(token)


def forgotten(row):
    """Words with a capital inside a sentence, as names and dates have, that carry no tag."""
    found, opens = [], True
    for token, tag in zip(row["tokens"], row["ner_tags"]):
        if tag == "O" and token[0].isupper() and not opens and token not in PLAIN_CAPITALS:
            found.append(token)
        opens = token in OPENERS
    return found


def check_ner_counts(rows, report):
    print(f"Counts\n  {'split':12}" + "".join(f"{name:>10}" for name in ("sentences", "tokens", "entities", *TYPES, "without")))
    count = {}
    for split in (*SPLITS, "all"):
        part = [row for row in rows if split in (row["split"], "all")]
        kinds = Counter(kind for row in part for kind, _, _ in row["found"])
        count[split] = {**{kind: kinds[kind] for kind in TYPES}, "without": sum(not row["found"] for row in part)}
        cells = (len(part), sum(len(row["tokens"]) for row in part), sum(kinds.values()), *count[split].values())
        print(f"  {split:12}" + "".join(f"{cell:10}" for cell in cells))
    lengths = [len(row["tokens"]) for row in rows]
    print(f"  tokens a sentence: median {statistics.median(lengths):g}, mean {statistics.mean(lengths):.1f}, {min(lengths)} to {max(lengths)}")
    promise_sizes(report, rows, NER_SIZES)
    report.promise(all(count["all"][kind] >= MIN_OF_TYPE for kind in TYPES), f"at least {MIN_OF_TYPE} of each type")
    report.promise(
        all(count[split][kind] >= MIN_OF_TYPE_HELD_OUT for split in ("validation", "test") for kind in TYPES),
        f"at least {MIN_OF_TYPE_HELD_OUT} of each type in validation and in the test")
    low, high = EMPTY_SHARE
    for split in ("all", "train", "test"):
        share = count[split]["without"] / sum(split in (row["split"], "all") for row in rows)
        report.promise(low <= share <= high, f"{low:.0%} to {high:.0%} of the sentences without an entity, {split}: {share:.1%}")


def check_ambiguous(rows, report):
    roles, whole = defaultdict(set), set()
    for row in rows:
        for token, tag in zip(row["tokens"], row["ner_tags"]):
            roles[token.lower()].add(tag[2:] or "plain")
        whole |= {row["text"].split()[start].lower() for _, start, end in row["found"] if end == start + 1}
    several = {word: roles[word] for word in sorted(whole) if len(roles[word]) > 1}
    print(f"Names of one word that play another part elsewhere: {len(several)}")
    print("  " + ", ".join(f"{word} ({'/'.join(sorted(found))})" for word, found in several.items()))
    report.promise(len(several) >= MIN_AMBIGUOUS, f"at least {MIN_AMBIGUOUS} of these")


def mentions(rows, split):
    return [
        (kind, " ".join(row["tokens"][start:end]))
        for row in rows if row["split"] == split for kind, start, end in row["found"]]


def check_new_names(rows, report):
    known = {text.lower() for _, text in mentions(rows, "train")}
    known_words = {word for text in known for word in text.split()}
    tested = [text.lower() for kind, text in mentions(rows, "test") if kind in NAMES]
    again = [text for text in tested if text in known]
    by_word = sum(bool(set(text.split()) & known_words) for text in tested)
    print(f"Names of the test (PER, LOC, ORG): {len(tested)}; {by_word} share a word with a name or a date of train")
    report.promise(len(again) <= MAX_KNOWN_NAMES * len(tested), f"at most {MAX_KNOWN_NAMES:.0%} of them stand in train: {len(again)} ({', '.join(sorted(set(again)))})")


# --------------------------------------------------------------------------- check: questions


def check_qa(report, name="qa.jsonl", promise=QA_PROMISE):
    rows = read_qa(name)
    print("Form")
    check_answers(rows, report)
    check_passages(rows, report, promise)
    check_questions(rows, report, promise)
    check_places(rows, report, promise)


def check_answers(rows, report):
    promise_rows(report, rows, lambda row: all((row[name] + row["title"]).isascii() for name in ("context", "question")), "no character outside ASCII")
    promise_rows(report, rows, lambda row: all(spans_hold(row)), "every answer stands at its offset")
    promise_rows(report, rows, lambda row: all(on_word_edges(row)), "no answer begins or ends inside a word, or with a space")
    promise_rows(report, rows, lambda row: all(0 < len(words(text)) <= MAX_ANSWER_WORDS for text in row["answers"]["text"]), f"no answer empty or of more than {MAX_ANSWER_WORDS} words")
    promise_rows(report, rows, lambda row: len(set(row["answers"]["text"])) == len(row["answers"]["text"]), "no answer twice in a row")
    promise_rows(report, rows, lambda row: not set(words(row["answers"]["text"][0])) <= set(words(row["question"])), "no question that gives its answer away")
    promise_rows(report, rows, lambda row: row["question"].endswith("?") and row["question"].count("?") == 1, "every question is one question")
    report.promise(len({row["id"] for row in rows}) == len(rows), "no id twice")
    lengths = [len(words(row["answers"]["text"][0])) for row in rows]
    print(f"  words an answer: median {statistics.median(lengths):g}, mean {statistics.mean(lengths):.1f}, {min(lengths)} to {max(lengths)}; {sum(len(row['answers']['text']) > 1 for row in rows)} questions accept a second wording")


def spans_hold(row):
    for text, start in zip(row["answers"]["text"], row["answers"]["answer_start"]):
        yield start >= 0 and row["context"][start : start + len(text)] == text


def on_word_edges(row):
    for text, start in zip(row["answers"]["text"], row["answers"]["answer_start"]):
        around = f" {row['context']} "[start : start + len(text) + 2]
        yield text == text.strip() and not around[:2].isalnum() and not around[-2:].isalnum()


def check_passages(rows, report, promise):
    passages = defaultdict(list)
    for row in rows:
        passages[row["context"]].append(row)
    texts = [{"text": text, "split": group[0]["split"]} for text, group in passages.items()]
    print("Passages\n  " + ", ".join(f"{split} {sum(row['split'] == split for row in texts)}" for split in SPLITS) + f", all {len(texts)}")
    for name, lengths in (("words", [len(text.split()) for text in passages]), ("sentences", [len(sentences(text)) for text in passages])):
        print(f"  {name} a passage: median {statistics.median(lengths):g}, mean {statistics.mean(lengths):.1f}, {min(lengths)} to {max(lengths)}")
    promise_sizes(report, rows, promise.sizes)
    report.promise(all(len({(row["split"], row["title"]) for row in group}) == 1 for group in passages.values()), "every passage has one title and lies in one split")
    report.promise(len({row["title"] for row in rows}) == len(passages), "no title twice")
    report.promise(all(len(group) == QUESTIONS_A_PASSAGE for group in passages.values()), f"{QUESTIONS_A_PASSAGE} questions a passage")
    report.promise(all(len({row["answers"]["text"][0] for row in group}) == len(group) for group in passages.values()), "every question of a passage has another answer")
    low, high = PASSAGE_WORDS
    promise_rows(report, rows, lambda row: low <= len(row["context"].split()) <= high, f"{low} to {high} words a passage")
    low, high = promise.sentences
    promise_rows(report, rows, lambda row: low <= len(sentences(row["context"])) <= high, f"{low} to {high} sentences a passage")
    check_openings(texts, report)
    check_near_duplicates(texts, report)
    check_templates(texts, report)


def check_questions(rows, report, promise):
    print("The questions by themselves")
    questions = [{"text": row["question"], "split": row["split"]} for row in rows]
    check_near_duplicates(questions, report, promise.alike, promise.alike_across)
    openings = Counter(opening(row["question"]) for row in rows).most_common(5)
    print("  openings: " + ", ".join(f"{start} {count}" for start, count in openings))
    report.promise(openings[0][1] <= promise.same_opening, f"no opening (three words) of more than {promise.same_opening} questions")
    first = Counter(words(row["question"])[0] for row in rows)
    print("  first words: " + ", ".join(f"{word} {count}" for word, count in first.most_common(12)))
    report.promise(first["what"] <= MAX_WHAT * len(rows), f"at most {MAX_WHAT:.0%} begin with what: {first['what'] / len(rows):.1%}")


def check_places(rows, report, promise):
    print("Where the answers are")
    thirds = Counter(min(2, 3 * row["answers"]["answer_start"][0] // len(row["context"])) for row in rows)
    shares = [thirds[third] / len(rows) for third in range(3)]
    report.promise(min(shares) >= MIN_THIRD, f"at least {MIN_THIRD:.0%} begin in each third of the passage: " + ", ".join(f"{share:.1%}" for share in shares))
    weights = word_weights(rows)
    found = sum(holds_answer(row, likeliest_sentence(row, weights)) for row in rows) / len(rows)
    report.promise(found <= promise.found_by_overlap, f"at most {promise.found_by_overlap:.0%} lie in the sentence most like the question in its words: {found:.1%}")


# --------------------------------------------------------------------------- baseline: names


def baseline(arguments):
    for name in arguments.names or BASELINES:
        BASELINES[name]()
    return 0


def baseline_ner():
    """Each word takes the type it most often has in train; a word that train lacks takes none, or in the second line
    the type that names most often have there, if it has a capital and does not open the sentence."""
    rows = read_ner()
    roles = defaultdict(Counter)
    for row in rows:
        if row["split"] == "train":
            for token, tag in zip(row["tokens"], row["ner_tags"]):
                roles[token][tag[2:]] += 1
    dictionary = {token: max(sorted(found), key=found.get) for token, found in roles.items()}
    commonest = Counter(kind for kind, _ in mentions(rows, "train")).most_common(1)[0][0]
    print(f"ner.jsonl: {len(dictionary)} different tokens in train; entity F1, exact span and type")
    for split in ("validation", "test"):
        part = [row for row in rows if row["split"] == split]
        for what, unseen in (("dictionary of words", ""), (f"and unseen capitals are {commonest}", commonest)):
            guesses = [guess_entities(row["tokens"], dictionary, unseen) for row in part]
            print_entity_scores(f"{split}, {what}", guesses, [row["found"] for row in part])


def guess_entities(tokens, dictionary, unseen):
    kinds = []
    for place, token in enumerate(tokens):
        if token in dictionary:
            kinds.append(dictionary[token])
        else:
            kinds.append(unseen if place and token[0].isupper() else "")
    tags = []
    for place, kind in enumerate(kinds):
        same = place and kinds[place - 1] == kind
        tags.append(f"{'I' if same else 'B'}-{kind}" if kind else "O")
    return entities(tags)


def print_entity_scores(what, guesses, truth):
    cells = []
    for kind in ("all", *TYPES):
        kept = lambda found: {entity for entity in found if kind in (entity[0], "all")}
        hits = sum(len(kept(guessed) & kept(found)) for guessed, found in zip(guesses, truth))
        guessed, there = sum(len(kept(g)) for g in guesses), sum(len(kept(f)) for f in truth)
        score = 2 * hits / max(1, guessed + there)
        detail = f" ({hits} right of {guessed} guessed, {there} there)" if kind == "all" else ""
        cells.append(f"{kind} {score:.3f}{detail}")
    print(f"  {what:46} " + ", ".join(cells))


# --------------------------------------------------------------------------- baseline: questions


def sentences(text):
    """(start, end) of each sentence; a title's full stop does not occur in these passages."""
    found, start = [], 0
    for match in re.finditer(r'[.!?]"?(?=\s|$)', text):
        found.append((start, match.end()))
        start = match.end() + 1
    return found


def word_weights(rows):
    """How telling a word is: the logarithm of one over the part of train's sentences that have it."""
    passages = sorted({row["context"] for row in rows if row["split"] == "train"})
    parts = [set(words(text[start:end])) for text in passages for start, end in sentences(text)]
    having = Counter(word for part in parts for word in part)
    return defaultdict(lambda: math.log(len(parts)), {word: math.log(len(parts) / count) for word, count in having.items()})


def likeliest_sentence(row, weights):
    """The sentence whose words in common with the question weigh most; of equals, the first."""
    asked = set(words(row["question"]))
    weight = lambda span: sum(weights[word] for word in sorted(asked & set(words(row["context"][span[0] : span[1]]))))
    return max(sentences(row["context"]), key=weight)


def holds_answer(row, span):
    return span[0] <= row["answers"]["answer_start"][0] < span[1]


def baseline_qa(name="qa.jsonl"):
    """The answer is the first or the last words of the sentence most like the question; how many is chosen on train by F1."""
    rows = read_qa(name)
    weights = word_weights(rows)
    parts = {split: [row for row in rows if row["split"] == split] for split in SPLITS}
    for end in ("first", "last"):
        scores = {count: statistics.mean(f1 for _, f1 in score_end_words(parts["train"], weights, end, count)) for count in range(1, 31)}
        best = max(scores, key=scores.get)
        print(f"{name}: the {end} {best} words (chosen on train) of the sentence most like the question")
        for split in SPLITS:
            found = score_end_words(parts[split], weights, end, best)
            exact = sum(hit for hit, _ in found)
            low, high = wilson_interval(exact, len(found))
            print(f"  {split:10} EM {exact} of {len(found)} = {exact / len(found):.1%} (95% interval {low:.1%} to {high:.1%}), F1 {statistics.mean(f1 for _, f1 in found):.3f}")
    for split in SPLITS:
        held = sum(holds_answer(row, likeliest_sentence(row, weights)) for row in parts[split])
        print(f"  {split:10} that sentence holds the answer for {held} of {len(parts[split])}")


def score_end_words(rows, weights, end, count):
    found = []
    for row in rows:
        start, stop = likeliest_sentence(row, weights)
        in_order = row["context"][start:stop].split()
        guess = in_order[:count] if end == "first" else in_order[-count:]
        found.append(answer_scores(" ".join(guess), row["answers"]["text"]))
    return found


def answer_scores(guess, accepted):
    """(exact match, F1 of words) against the accepted answer that fits best, after SQuAD's normalisation."""
    guessed = normalised(guess)
    exact, best = False, 0.0
    for text in accepted:
        there = normalised(text)
        shared = sum((Counter(guessed) & Counter(there)).values())
        exact |= guessed == there
        best = max(best, 2 * shared / (len(guessed) + len(there)) if shared else float(guessed == there))
    return exact, best


def normalised(text):
    """Lower case, no punctuation, no articles."""
    plain = text.lower().translate(str.maketrans("", "", string.punctuation))
    return [word for word in plain.split() if word not in ("a", "an", "the")]


# --------------------------------------------------------------------------- command line

CHECKS = {"ner": check_ner, "qa": check_qa}
BASELINES = {"ner": baseline_ner, "qa": baseline_qa}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, run in (("check", check), ("baseline", baseline)):
        command = commands.add_parser(name)
        command.add_argument("names", nargs="*", type=set_name, metavar="NAME", help="ner or qa; without one: both")
        command.set_defaults(run=run)
    arguments = parser.parse_args()
    try:
        return arguments.run(arguments)
    except ValueError as problem:
        sys.exit(str(problem))


def set_name(text):
    name = text.removesuffix(".jsonl")
    if name not in CHECKS:
        raise argparse.ArgumentTypeError(f"{text} is not one of {', '.join(CHECKS)}")
    return name


if __name__ == "__main__":
    sys.exit(main())
