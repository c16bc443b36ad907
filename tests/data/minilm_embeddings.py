#!/usr/bin/env python3
"""Token embeddings for a GPT-2 to begin with, of MiniLM's word pieces: what `warmup pretrain --embeddings FILE` reads.

    python3 tests/data/minilm_embeddings.py MINILM_FOLDER TOKENIZER_JSON WIDTH --out FILE

MINILM_FOLDER is the original as `./dev build` keeps it in its cache, under minilm/original; TOKENIZER_JSON a byte-level BPE
such as `www/models/modern/tokenizer.json`. FILE gets `wte.weight`, float32, a row of WIDTH numbers for each token. A token's
row is the mean of the pieces that its text is cut into, less the mean of all, on the first WIDTH principal components, at
GPT-2's spread. Needs numpy. The same numpy on the same machine writes the same bytes each time.
"""

import argparse
import json
import random
import sys
from pathlib import Path

import wordpiece
from safetensors_file import Tensors, write

try:
    import numpy
except ImportError:
    sys.exit("numpy is missing: python3 -m pip install numpy")

WORDS = "embeddings.word_embeddings.weight"
DEVIATION = 0.02  # of GPT-2's initialisation
NOISE, SEED = 0.1, 1  # of tokens without an embedding: a share of the others' deviation


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("minilm", type=Path)
    parser.add_argument("tokenizer", type=Path)
    parser.add_argument("width", type=int)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    pieces, rows = minilm(arguments.minilm)
    if not 0 < arguments.width <= rows.shape[1]:
        sys.exit(f"WIDTH is {arguments.width}, but must be from 1 to {rows.shape[1]}, the width of MiniLM")
    texts = token_texts(read_json(arguments.tokenizer))
    known, means = embedded(texts, pieces, rows)
    table, kept = projected(len(texts), known, means, arguments.width)
    notes = {"format": "pt", "source": "word embeddings of all-MiniLM-L6-v2"}
    write(arguments.out, [("wte.weight", "F32", list(table.shape), table.astype("<f4").tobytes())], notes)
    print(f"{len(known):,} of {len(texts):,} tokens have an embedding", end="; ")
    print(f"{arguments.width} of {rows.shape[1]} directions keep {kept:.1%} of the variance")


def read_json(path):
    return json.loads(path.read_text(encoding="utf-8"))


def minilm(folder):
    """The id of each word piece, and the pieces' rows."""
    pieces = read_json(folder / "tokenizer.json")["model"]["vocab"]
    file = Tensors(folder / "model.safetensors")
    if WORDS not in file.infos or file.infos[WORDS]["dtype"] != "F32":
        sys.exit(f"{folder} holds no {WORDS} in float32; of the small model, `minilm.py widen` writes it")
    rows = numpy.array(file.floats(WORDS), dtype=numpy.float64)
    return pieces, rows.reshape(file.infos[WORDS]["shape"])


# --- the text of a token --------------------------------------------------------------------------


def token_texts(tokenizer):
    """By id; None for marks such as <|endoftext|> and for bytes that are no whole text."""
    marks = {token["content"]: token["id"] for token in tokenizer["added_tokens"]}
    ids = tokenizer["model"]["vocab"] | marks
    if sorted(ids.values()) != list(range(len(ids))):
        sys.exit("the ids of the tokenizer's vocabulary do not go from 0 up without a gap")
    signs = bytes_of_signs()
    texts = [None] * len(ids)
    for token, place in ids.items():
        if token not in marks:
            texts[place] = decoded(token, signs)
    return texts


def decoded(token, signs):
    strange = [sign for sign in token if sign not in signs]
    if strange:
        sys.exit(f"this is no byte-level BPE: {strange[0]!r} in {token!r} stands for no byte")
    try:
        return bytes(signs[sign] for sign in token).decode("utf-8")
    except UnicodeDecodeError:
        return None


def bytes_of_signs():
    """GPT-2 writes every byte as a character that can be seen, those that cannot from U+0100 on."""
    seen = [*range(33, 127), *range(161, 173), *range(174, 256)]
    unseen = [byte for byte in range(256) if byte not in seen]
    return {chr(byte): byte for byte in seen} | {chr(256 + place): byte for place, byte in enumerate(unseen)}


# --- its pieces -----------------------------------------------------------------------------------


def embedded(texts, pieces, rows):
    """The ids of the tokens whose text has pieces, and the mean of the pieces' rows for each of these."""
    continuing = {piece for piece in pieces if piece.startswith("##")}
    # `wordpiece` looks for a first piece without the mark, so each is there without it as well.
    rests = continuing | {piece.removeprefix("##") for piece in continuing}
    known, means = [], []
    for place, text in enumerate(texts):
        found = pieces_of_token(text, pieces, rests) if text else []
        if found:
            known.append(place)
            means.append(rows[[pieces[piece] for piece in found]].mean(axis=0))
    if not known:
        sys.exit("not one token of this tokenizer has pieces in MiniLM's vocabulary")
    return known, numpy.stack(means)


def pieces_of_token(text, pieces, rests):
    found = []
    for place, word in enumerate(wordpiece.words_of(text)):
        continues = place == 0 and may_continue(text)
        found += pieces_of_rest(word, pieces, rests) if continues else wordpiece.pieces_of(word, pieces)
    return found


def may_continue(text):
    """Whether it may go on with a word: neither a space nor a sign stands before it, and a capital begins a word."""
    return text[0].isalnum() and not text[0].isupper()


def pieces_of_rest(word, pieces, rests):
    """As the rest of a word, but as a word of its own where that takes fewer pieces."""
    rest = wordpiece.pieces_of(word, rests)
    whole = wordpiece.pieces_of(word, pieces)
    if rest and not (whole and len(whole) < len(rest)):
        return ["##" + rest[0], *rest[1:]]
    return whole


# --- fewer dimensions -----------------------------------------------------------------------------


def projected(count, known, means, width):
    """`count` rows of `width` numbers, and the share of the variance that they keep. The mean and the components are those of
    the tokens with an embedding; the others lie around the mean."""
    centred = means - means.mean(axis=0)
    variances, vectors = numpy.linalg.eigh(centred.T @ centred)
    first = vectors[:, ::-1][:, :width]
    # An eigenvector may as well point the other way; its largest entry decides.
    largest = numpy.abs(first).argmax(axis=0)
    first = first * numpy.sign(first[largest, numpy.arange(width)])
    near = centred @ first
    chance = random.Random(SEED)
    deviation = NOISE * near.std()
    table = numpy.zeros((count, width))
    table[known] = near
    for place in sorted(set(range(count)) - set(known)):
        table[place] = [chance.gauss(0, deviation) for _ in range(width)]
    return table * (DEVIATION / table.std()), variances[::-1][:width].sum() / variances.sum()


if __name__ == "__main__":
    main()
