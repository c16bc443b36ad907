"""A small byte-level BPE in both of GPT-2's forms, and what it makes of difficult strings."""

import json
import random

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, processors, trainers

END = "<|endoftext|>"
CONTRACTIONS = ["'s", "'ll", "'S", "n't", "’s"]
GAPS = [" ", " ", "  ", "\n", "\t", " \n "]


def learn(corpus: str, size: int) -> tuple[dict, list]:
    """Vocabulary and merges; the last id is the end of text's, as in GPT-2."""
    learner = Tokenizer(models.BPE())
    learner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=size - 1, initial_alphabet=alphabet, show_progress=False)
    learner.train_from_iterator([corpus], trainer)
    learnt = json.loads(learner.to_str())["model"]
    return learnt["vocab"] | {END: size - 1}, [tuple(pair) for pair in learnt["merges"]]


def assemble(vocabulary: dict, merges: list) -> Tokenizer:
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=merges))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(END, normalized=True, special=True)])
    return tokenizer


def mixed_strings(spec: dict, draw: random.Random) -> list[str]:
    """The spec's own strings, then random mixtures of words, numbers, scripts and white space."""
    strings, words, bits = list(spec["strings"]), spec["corpus"].split(), spec["bits"]

    def piece() -> str:
        # The list is built anew each time: every choice in it draws, whether it is taken or not.
        choices = [
            draw.choice(words),
            draw.choice(bits),
            draw.choice(bits),
            " ",
            str(draw.randint(0, 10 ** draw.randint(1, 7))),
            draw.choice(CONTRACTIONS),
        ]
        text = draw.choice(choices)
        return text + draw.choice(GAPS) if draw.random() < 0.5 else text

    while len(strings) < spec["n_strings"]:
        text = "".join(piece() for _ in range(draw.randint(1, 9)))
        if text not in strings:
            strings.append(text)
    return strings


def encoding(tokenizer: Tokenizer, text: str) -> dict:
    encoded = tokenizer.encode(text)
    return {
        "text": text,
        "ids": encoded.ids,
        "offsets": encoded.offsets,
        "pre": [span for _, span in tokenizer.pre_tokenizer.pre_tokenize_str(text)],
        "decoded": tokenizer.decode(encoded.ids, skip_special_tokens=False),
    }


def decoding(tokenizer: Tokenizer, ids: list[int]) -> dict:
    return {
        "ids": ids,
        "text": tokenizer.decode(ids, skip_special_tokens=False),
        "text_skip_special": tokenizer.decode(ids, skip_special_tokens=True),
    }


def write(spec: dict, store) -> Tokenizer:
    size, draw = spec["vocab"], random.Random(spec["seed"])
    vocabulary, merges = learn(spec["corpus"], size)
    tokenizer = assemble(vocabulary, merges)
    store.text("corpus.txt", spec["corpus"])
    tokenizer.save(str(store.folder / "tokenizer.json"))
    by_id = dict(sorted(vocabulary.items(), key=lambda entry: entry[1]))
    store.text("vocab.json", json.dumps(by_id, ensure_ascii=False))
    store.text("merges.txt", "#version: 0.2\n" + "".join(f"{left} {right}\n" for left, right in merges))
    items = [encoding(tokenizer, text) for text in mixed_strings(spec, draw)]
    lists = [[draw.randrange(size) for _ in range(draw.randint(1, 12))] for _ in range(40)]
    decoded = [decoding(tokenizer, ids) for ids in lists]
    store.json("encodings.json", {"vocab_size": size, "items": items, "decode": decoded})
    return tokenizer
