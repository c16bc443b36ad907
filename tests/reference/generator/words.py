"""Words that are given one by one, and questions with texts too long for them: what the fast tokenizer makes of both."""

import copy
import random

from tokenizers import Tokenizer, pre_tokenizers

from .bpe import END

# How many tokens of a text a window holds, and how many of them the window before has too.
WINDOWS = [(8, 3), (14, 6), (1000, 0)]


def words(tokenizer: Tokenizer, corpus: str, draw: random.Random) -> list[dict]:
    """As `add_prefix_space=True` with `is_split_into_words=True`."""
    spaced = copy.deepcopy(tokenizer)
    spaced.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    known, odd = corpus.split(), ["don't", ",", "naïve", "U.S.", "3.14", "New York", " led", "東京", "🙂", "(", "--"]
    items = []
    for _ in range(30):
        some = [draw.choice(odd if draw.random() < 0.3 else known) for _ in range(draw.randint(1, 12))]
        encoded = spaced.encode(some, is_pretokenized=True)
        items.append({"words": some, "ids": encoded.ids, "word_ids": encoded.word_ids})
    return items


def place(offsets: list, second: range, start: int, end: int) -> tuple[int, int]:
    """The answer's first and last token in a window, or the first token of all where it is not whole in it."""
    if not (offsets[second[0]][0] <= start and offsets[second[-1]][1] >= end):
        return 0, 0
    first = max(i for i in second if offsets[i][0] <= start)
    last = min(i for i in second if offsets[i][1] >= end)
    return first, last


def windows(tokenizer: Tokenizer, corpus: str, draw: random.Random) -> list[dict]:
    known, items = corpus.split(), []
    for number in range(24):
        text = " ".join(draw.choice([*known, "naïve", "東京", "3.14"]) for _ in range(draw.randint(6, 40)))
        question = " ".join(draw.choice(known) for _ in range(3)) + "?"
        start = draw.choice([i for i in range(len(text)) if text[i] != " " and (i == 0 or text[i - 1] == " ")])
        answer = " ".join(text[start:].split(" ")[: draw.randint(1, 3)])
        room, stride = WINDOWS[number % len(WINDOWS)]
        longest = len(tokenizer.encode(f"{END}{question}\n").ids) + room
        cut = copy.deepcopy(tokenizer)
        cut.enable_truncation(longest, stride=stride, strategy="only_second")
        encoded = cut.encode(f"{END}{question}\n", text)
        made = []
        for window in [encoded, *encoded.overflowing]:
            second = [i for i, part in enumerate(window.sequence_ids) if part == 1]
            first, last = place(window.offsets, range(second[0], second[-1] + 1), start, start + len(answer))
            made.append({"ids": window.ids, "start": first, "end": last, "context_from": second[0],
                         "offsets": [window.offsets[i] for i in second]})
        items.append({"question": question, "context": text, "answer": answer, "answer_start": start,
                      "max_length": longest, "stride": stride, "windows": made})
    return items


def write(tokenizer: Tokenizer, corpus: str, seed: int, store) -> None:
    draw = random.Random(seed)
    store.json("words.json", {"words": words(tokenizer, corpus, draw), "windows": windows(tokenizer, corpus, draw)})
