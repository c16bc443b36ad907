#!/usr/bin/env python3
"""Adapters that `warmup finetune` writes, loaded by PEFT on transformers: do both give the same answers?

    python tests/reference/round_trip.py WARMUP_BINARY WORK_FOLDER

Each method is trained for a few steps on the shipped model and reviews; then the log-probabilities of both labels for
some test reviews (`warmup evaluate` on one review at a time), and the loss on a story, are held against PEFT's. With
mini-bert it is the labels of reviews alone. Prints a row a method; exit status 1 where the largest difference is above
1e-4. README.md names the versions of the libraries.
"""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

os.environ.update(CUDA_VISIBLE_DEVICES="", HF_HUB_OFFLINE="1", TRANSFORMERS_VERBOSITY="error")

import peft
import torch
import transformers
from peft import PeftModel
from tokenizers import Tokenizer
from transformers import BertForSequenceClassification, GPT2ForSequenceClassification, GPT2LMHeadModel

ROOT = Path(__file__).resolve().parents[2]
MODEL, BERT = ROOT / "www/models/nano", ROOT / "www/models/mini-bert"
REVIEWS, STORIES = ROOT / "www/data/reviews.csv", ROOT / "www/data/stories.txt"
METHODS = {
    "LoRA": ["--strategy", "lora"],
    "rsLoRA, all-linear": ["--strategy", "lora", "--use-rslora", "--target-modules", "all-linear"],
    "DoRA": ["--strategy", "lora", "--use-dora"],
    "IA3": ["--strategy", "ia3", "--learning-rate", "1e-2"],
    "prompt tuning": ["--strategy", "prompt", "--learning-rate", "1e-2"],
    "prefix tuning": ["--strategy", "prefix", "--learning-rate", "1e-2"],
}
BERT_METHODS = {
    "mini-bert, LoRA": ["--strategy", "lora"],
    "mini-bert, DoRA": ["--strategy", "lora", "--use-dora"],
    "mini-bert, IA3": ["--strategy", "ia3", "--learning-rate", "1e-2"],
}
TOLERANCE = 1e-4
TEXTS, STORY_WORDS, STEPS = 12, 50, 20


def warmup(*arguments) -> dict:
    done = subprocess.run([sys.argv[1], *map(str, arguments)], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"warmup {' '.join(map(str, arguments))}: {done.stderr}")
    return json.loads(done.stdout)


def some_reviews() -> list[str]:
    with open(REVIEWS, encoding="utf-8", newline="") as file:
        return [row["text"] for row in csv.DictReader(file) if row["split"] == "test"][:TEXTS]


def score(model: Path, folder: Path, work: Path, text: str, label: str) -> float:
    """Our log-probability of `label`."""
    with open(work / "one.csv", "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["text", "label"], [text, label]])
    found = warmup("evaluate", "--model", model, "--adapter", folder, "--data", work / "one.csv",
                   "--task", "sequence-classification", "--split", "all")
    return -found["loss"]


def classifier(model: Path, flags: list[str], folder: Path, work: Path) -> float:
    tokenizer = Tokenizer.from_file(str(model / "tokenizer.json"))
    trained = warmup("finetune", "--model", model, "--data", REVIEWS, "--task", "sequence-classification",
                     "--steps", STEPS, "--out", folder, *flags)
    labels, end = trained["labels"], tokenizer.token_to_id("<|endoftext|>")
    if model == BERT:
        base = BertForSequenceClassification.from_pretrained(model, num_labels=len(labels))
    else:
        base = GPT2ForSequenceClassification.from_pretrained(model, num_labels=len(labels), pad_token_id=end)
    tuned = PeftModel.from_pretrained(base.eval(), folder).eval()
    worst = 0.0
    for text in some_reviews():
        ids = torch.tensor([reads(tokenizer, model, text)])
        with torch.no_grad():
            theirs = tuned(input_ids=ids, attention_mask=torch.ones_like(ids)).logits.log_softmax(1)[0]
        for label, expected in zip(labels, theirs.tolist()):
            worst = max(worst, abs(score(model, folder, work, text, label) - expected))
    return worst


def reads(tokenizer: Tokenizer, model: Path, text: str) -> list[int]:
    """Ids as the model gets them: BERT's marks around what is cut to 128."""
    ids = tokenizer.encode(text, add_special_tokens=False).ids
    if model != BERT:
        return ids[:128]
    return [tokenizer.token_to_id("[CLS]"), *ids[:126], tokenizer.token_to_id("[SEP]")]


def language_model(flags: list[str], folder: Path, work: Path, tokenizer: Tokenizer) -> float:
    warmup("finetune", "--model", MODEL, "--data", STORIES, "--task", "causal-lm",
           "--steps", STEPS, "--max-length", 96, "--out", folder, *flags)
    # Short enough for one window, beside virtual tokens too.
    story = " ".join(STORIES.read_text(encoding="utf-8").split()[:STORY_WORDS]) + "\n"
    (work / "one.txt").write_text(story, encoding="utf-8")
    ours = warmup("evaluate", "--model", MODEL, "--adapter", folder, "--data", work / "one.txt", "--task", "causal-lm")
    base = GPT2LMHeadModel.from_pretrained(MODEL)
    model = PeftModel.from_pretrained(base.eval(), folder).eval()
    ids = torch.tensor([tokenizer.encode(story).ids])
    with torch.no_grad():
        logits = model(input_ids=ids, attention_mask=torch.ones_like(ids)).logits[0, -ids.shape[1]:]
    theirs = torch.nn.functional.cross_entropy(logits[:-1], ids[0, 1:]).item()
    return abs(ours["loss"] - theirs)


def main() -> int:
    work = Path(sys.argv[2])
    work.mkdir(parents=True, exist_ok=True)
    tokenizer = Tokenizer.from_file(str(MODEL / "tokenizer.json"))
    print(f"torch {torch.__version__}, transformers {transformers.__version__}, peft {peft.__version__}")
    print("| method | log-probabilities of reviews, largest difference | loss of a story, difference |\n| --- | --: | --: |")
    worst = 0.0
    for name, flags in METHODS.items():
        plain = name.replace(" ", "_").replace(",", "")
        labels = classifier(MODEL, flags, work / f"{plain}_cls", work)
        story = language_model(flags, work / f"{plain}_lm", work, tokenizer)
        worst = max(worst, labels, story)
        print(f"| {name} | {labels:.1e} | {story:.1e} |", flush=True)
    for name, flags in BERT_METHODS.items():
        labels = classifier(BERT, flags, work / name.replace(", ", "_"), work)
        worst = max(worst, labels)
        print(f"| {name} | {labels:.1e} | |", flush=True)
    return int(worst > TOLERANCE)


if __name__ == "__main__":
    sys.exit(main())
