#!/usr/bin/env python3
"""Writes what transformers and PEFT compute with the sentence model all-MiniLM-L6-v2, as a set of cases that
`warmup verify OUT_FOLDER` checks.

    python tests/reference/minilm.py ORIGINAL OUT_FOLDER [EXPECTED]

ORIGINAL is the model's folder, as `./dev build` keeps it in its cache: config.json, model.safetensors, tokenizer.json.
OUT_FOLDER gets 182 MB of weights, which are never committed. EXPECTED gets the rest, `tests/verify/minilm` in this
repository: the test there puts the original's weights back. Runs from the root of the repository; takes a minute.
"""

import csv
import hashlib
import json
import os
import shutil
import sys
from pathlib import Path

os.environ.update(
    CUDA_VISIBLE_DEVICES="", HF_HUB_OFFLINE="1", TRANSFORMERS_VERBOSITY="error", TOKENIZERS_PARALLELISM="false"
)

import torch
from safetensors.torch import load_file, save_file
from transformers import AutoTokenizer, BertForSequenceClassification, BertModel

HERE = Path(__file__).resolve().parent
DATA = HERE.parents[1] / "www/data"
sys.path.insert(0, str(HERE))

from generator import bert, store as files
from generator.store import Store, versions

SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
SPEC = {
    "seed": 6,
    "steps": 8,
    "warmup": 2,
    "lr": 1e-3,
    "train_batch": 8,
    "max_length": 48,
    "loras": [{"name": "lora_r2", "r": 2, "alpha": 4, "targets": ["query", "key", "value", "dense"]}],
}
TEXTS = 200
TABLES = ("reviews", "tickets", "topics", "medical", "legal", "code", "moderation")
HARD = [
    "", " ", "\t\n", "a", "I", ".", "...", "!?!?", "-", "--", "—", "'", "don't", "DON'T", "it's 5 o'clock", "rock'n'roll",
    "naïve café façade", "Ünïcödé ÅNGSTRÖM", "ﬁne ﬂour", "e\u0301te\u0301", "ÇA VA ?", "ŁÓDŹ", "Straße STRASSE", "İstanbul ıı",
    "Ωμέγα ΣΊΣΥΦΟΣ", "Война и мир, ёлка", "שלום עולם", "السلام عليكم", "नमस्ते दुनिया", "สวัสดีชาวโลก", "日本語のテキスト",
    "東京は大きい。", "你好，世界！", "한국어 문장", "中文mixed混排text", "㐀㐁 𠀀𠀁", "😀", "great 😂😂 film", "👩‍👩‍👧 family", "🇫🇷🇩🇪", "☕ tea",
    "https://example.com/a/b?c=d&e=f#g", "Visit www.example.org.", "mail@example.com", "C:\\Users\\me\\file.txt", "#hashtag @user",
    "$5.99 + 20% = €7,19", "1,234,567.89", "3.14159e-10", "0xDEADBEEF", "v2.0.1-beta", "10:45am", "24/7", "½ cup ² ³ №",
    "x = y ** 2; // square", "fn main() { println!(\"hi\"); }", "<b>bold</b> &amp; more", "[CLS] and [SEP] in a text", "a [MASK] here",
    "[PAD]", "[UNK] [unused1]", "##ing", "zero\u200bwidth", "non\u00a0breaking\u2003spaces", "soft\u00adhyphen", "nul\x00 and \x07 bell",
    "replacement \ufffd character", "a\u0300\u0301\u0302", "supercalifragilisticexpialidocious", "Pneumonoultramicroscopicsilicovolcanoconiosis",
    "a" * 100, "a" * 101, "ab" * 80, "WHY IS EVERYTHING SHOUTED", "iPhone-like, state-of-the-art", "e.g. i.e. etc.", "“quoted” ‘single’ «guillemets»",
    "line one\nline two\r\nline three", "trailing space ", " leading space", "many     spaces", "ＦＵＬＬ ｗｉｄｔｈ", "ǅ ǆ ß ẞ", "∀x∈ℝ: x²≥0", "♥♦♣♠",
]


def rows(name: str) -> list[dict]:
    with open(DATA / f"{name}.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def long_text(words: int) -> str:
    return " ".join((DATA / "stories.txt").read_text(encoding="utf-8").split()[:words])


def texts() -> list[str]:
    """Hard ones, one of 600 words, and the first of every table in turn."""
    made = HARD + [long_text(600)]
    tables = [[next(iter(row.values())) if "text" not in row else row["text"] for row in rows(name)] for name in TABLES]
    place = 0
    while len(made) < TEXTS:
        made.append(tables[place % len(tables)][place // len(tables)])
        place += 1
    return made


def write_tokenizer(original: Path, store: Store) -> None:
    tokenizer = AutoTokenizer.from_pretrained(store.folder / "model").backend_tokenizer
    tokenizer.no_padding()
    tokenizer.no_truncation()
    items = []
    for text in texts():
        encoding = tokenizer.encode(text, add_special_tokens=False)
        items.append({
            "text": text,
            "ids": encoding.ids,
            "offsets": encoding.offsets,
            "pre": [span for _, span in tokenizer.pre_tokenizer.pre_tokenize_str(text)],
            "decoded": tokenizer.decode(encoding.ids, skip_special_tokens=False),
        })
    decode = []
    for item in items[-20:]:
        ids = [101, *item["ids"], 102, 0]
        decode.append({
            "ids": ids,
            "text": tokenizer.decode(ids, skip_special_tokens=False),
            "text_skip_special": tokenizer.decode(ids, skip_special_tokens=True),
        })
    store.json("tokenizer/encodings.json", {"vocab_size": tokenizer.get_vocab_size(), "items": items, "decode": decode})
    shutil.copy(original / "tokenizer.json", store.folder / "tokenizer/tokenizer.json")


def batch(tokenizer, written: list[str], length: int) -> dict:
    found = tokenizer(written, padding="longest", truncation=True, max_length=length, return_tensors="pt")
    return {"input_ids": found["input_ids"], "attention_mask": found["attention_mask"]}


@torch.no_grad()
def write_hidden(store: Store, tokenizer) -> None:
    """Four texts of unlike length, and one that fills all 512 positions."""
    model = BertModel.from_pretrained(store.folder / "model", attn_implementation="eager").eval()
    inputs = {
        "batch": batch(tokenizer, [text for text in texts() if 5 < len(text) < 400][:80:20], 128),
        "long": batch(tokenizer, [long_text(600)], 512),
    }
    states = {
        f"{name}.{index}": hidden
        for name, given in inputs.items()
        for index, hidden in enumerate(model(**given, output_hidden_states=True).hidden_states)
    }
    store.tensors("hidden/states", states)
    store.json("hidden/inputs.json", {name: {k: v.tolist() for k, v in given.items()} for name, given in inputs.items()})


def write_classifier(store: Store, tokenizer) -> None:
    """As in the small sets, but on reviews, and with two labels."""

    def fresh():
        model = BertForSequenceClassification.from_pretrained(
            store.folder / "cls/model", attn_implementation="eager", hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0
        )
        model.name_or_path = model.config._name_or_path = "cls/model"
        return model.eval()

    torch.manual_seed(SPEC["seed"])
    BertForSequenceClassification.from_pretrained(store.folder / "model", num_labels=2).save_pretrained(store.folder / "cls/model")
    reviews = rows("reviews")
    labels = sorted({row["label"] for row in reviews})
    size = SPEC["train_batch"]

    def labelled(part: list[dict]) -> dict:
        made = batch(tokenizer, [row["text"] for row in part], SPEC["max_length"])
        return made | {"labels": torch.tensor([labels.index(row["label"]) for row in part])}

    made = [labelled(reviews[step * size : (step + 1) * size]) for step in range(SPEC["steps"])]
    given = dict(made[0])
    answers = given.pop("labels")
    bert.write_cases("cls", fresh, {"batch": given}, answers, store)
    store.json("cls/batches.json", bert.as_lists(made))
    for lora in SPEC["loras"]:
        bert.write_adapter(lora, SPEC, store, fresh, given, answers, made)


class Digests(Store):
    """Large tensors as digests only, whatever a case would rather keep."""

    def tensors(self, stem: str, tensors: dict, keep_large: bool | None = None) -> None:
        super().tensors(stem, tensors, keep_large=False)


def copy_expected(folder: Path, expected: Path) -> None:
    shutil.rmtree(expected, ignore_errors=True)
    left_out = shutil.ignore_patterns("model.safetensors", "tokenizer.json")
    shutil.copytree(folder, expected, ignore=left_out)
    weights = load_file(folder / "cls/model/model.safetensors")
    head = {name: tensor for name, tensor in weights.items() if name.startswith("classifier.")}
    save_file(head, expected / "cls/model/head.safetensors")


def main() -> None:
    original, out = Path(sys.argv[1]), Path(sys.argv[2])
    found = hashlib.sha256((original / "model.safetensors").read_bytes()).hexdigest()
    if found != SHA256:
        sys.exit(f"{original}/model.safetensors is not the original's: SHA-256 {found}, not {SHA256}")
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    files.SAMPLES_OF_A_DIGEST, files.LARGEST_KEPT_IN_FULL = 16, 128  # there are hundreds of tensors
    store = Digests(out / "minilm", keep_large=False)
    shutil.copytree(original, store.folder / "model", dirs_exist_ok=True)
    tokenizer = AutoTokenizer.from_pretrained(store.folder / "model")
    write_tokenizer(original, store)
    write_hidden(store, tokenizer)
    write_classifier(store, tokenizer)
    store.json("meta.json", {"versions": versions(), "spec": SPEC})
    if len(sys.argv) > 3:
        copy_expected(store.folder, Path(sys.argv[3]))
    print(json.dumps(versions()))


if __name__ == "__main__":
    main()
