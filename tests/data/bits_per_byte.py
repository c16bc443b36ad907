#!/usr/bin/env python3
"""Bits a byte of the shipped GPT-2s on held-out text, by kinds of text: `python tests/data/bits_per_byte.py CORPUS2 CORPUS`.

CORPUS2 has a folder `valid` with a file for each source, a document a line; CORPUS has `valid.txt`, whole books. Neither is in
this repository. Every model reads the same bytes; what is compared is bits a byte, since vocabularies differ. Prints Markdown.
"""
import json
import math
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MODELS = ["nano", "small", "modern", "modern-small"]
# Bytes of each source, so that no large one speaks for its group.
MOST_BYTES = 6_000
KINDS = {
    "reviews and opinions": ["womens", "fine-food", "movie", "product", "pros-cons", "vader", "airbnb", "hotel", "ewt-reviews", "opinosis", "opinrank", "comparative"],
    "talk": ["goemotions", "synthetic-persona", "topical", "changelog", "schema-guided", "cpcd", "tatoeba", "ewt-newsgroup", "ewt-weblog"],
    "questions and answers": ["ewt-answers", "clinc", "banking", "medquad", "stackexchange", "strategyqa", "altentities", "cosmosqa", "gsm8k"],
    "encyclopaedia": ["wikipedia", "squad", "wikitext", "gum", "wordnet"],
    "policies and code comments": ["policies", "rust-code"],
    "textbooks": ["openstax"],
}


def head(path, most):
    """The first whole lines of a file, up to `most` bytes."""
    out, size = [], 0
    for line in path.read_text(encoding="utf-8").splitlines():
        size += len(line.encode()) + 1
        if size > most and out:
            break
        out.append(line)
    return "\n".join(out) + "\n"


def bits(program, model, text):
    """Windows overlap by half; the program leaves out no byte."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        command = [program, "evaluate", "--model", ROOT / "www/models" / model, "--data", file.name, "--task", "causal-lm", "--split", "all"]
        found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    tokens = found.get("tokens") or found["examples"]
    return found["loss"] * tokens / math.log(2) / len(text.encode())


def main():
    modern, stories = Path(sys.argv[1]), Path(sys.argv[2])
    program = sys.argv[3] if len(sys.argv) > 3 else "warmup"
    texts = {}
    for kind, names in KINDS.items():
        files = [path for path in sorted((modern / "valid").glob("*.txt")) if any(path.name.startswith(name) for name in names)]
        texts[kind] = "".join(head(path, MOST_BYTES) for path in files)
    texts["old stories"] = head(stories / "valid.txt", 60_000)
    print("| held out | bytes | " + " | ".join(MODELS) + " |")
    print("| --- | --: |" + " --: |" * len(MODELS))
    for kind, text in texts.items():
        row = [f"{bits(program, model, text):.3f}" for model in MODELS]
        print(f"| {kind} | {len(text.encode()):,} | " + " | ".join(row) + " |")


if __name__ == "__main__":
    main()
