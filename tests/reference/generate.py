#!/usr/bin/env python3
"""Writes the reference cases of this folder from transformers and PEFT. README.md names the versions.

    python generate.py OUT_FOLDER [A] [B] [bert] [schedules] [tokenizer] [counts]

Nothing is downloaded: models start from seeds, and everything a seed decides stands in spec.json.
"""

import json
import os
import sys
from pathlib import Path

os.environ.update(
    CUDA_VISIBLE_DEVICES="", HF_HUB_OFFLINE="1", TRANSFORMERS_VERBOSITY="error", TOKENIZERS_PARALLELISM="false"
)

import torch

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from generator import (
    adapters, bert, bpe, classification, counts, generation, heads, language, masks, methods, models, remedies, schedules,
    trainer, training, words,
)
from generator.store import Store, versions


def write_set(spec: dict, folder: Path) -> None:
    store = Store(folder, keep_large=spec["store"] == "full")
    models.new_language_model(spec).save_pretrained(store.folder / "model")
    inputs = language.write(spec, store)
    batches = training.batches(spec, spec["seed"] + 21)
    store.json("traj/batches.json", training.as_lists(batches))
    adapters.write(spec, store, inputs, batches)
    methods.write(spec, store, inputs, batches)
    training.write_language_runs(spec, store, batches)
    classification.write(spec, store)
    if spec.get("heads"):
        heads.write(spec, store)
    generation.write(spec, store)
    masks.write(store)
    trainer.write(spec, store, batches)
    if spec["store"] == "full":
        remedies.write(spec, store, batches)
    store.json("meta.json", {"versions": versions(), "spec": spec})


def main() -> None:
    out, wanted = Path(sys.argv[1]), sys.argv[2:]
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    spec = json.loads((HERE / "spec.json").read_text(encoding="utf-8"))
    for one in spec["sets"]:
        if not wanted or one["name"] in wanted:
            write_set(one, out / one["name"])
    if not wanted or "bert" in wanted:
        store = Store(out / "bert", keep_large=True)
        bert.write(spec["bert"], store)
        masks.write(store)
        store.json("meta.json", {"versions": versions(), "spec": spec["bert"]})
    if not wanted or "schedules" in wanted:
        schedules.write(spec["schedules"], Store(out, keep_large=True))
    if not wanted or "counts" in wanted:
        counts.write(spec["counts"], Store(out, keep_large=True))
    if not wanted or "tokenizer" in wanted:
        store = Store(out / "tokenizer", keep_large=True)
        words.write(bpe.write(spec["tokenizer"], store), spec["tokenizer"]["corpus"], spec["tokenizer"]["seed"], store)


if __name__ == "__main__":
    main()
