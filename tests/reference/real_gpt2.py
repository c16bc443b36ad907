#!/usr/bin/env python3
"""Writes a GPT-2 of the real shape (124,439,808 parameters) with random weights, and what transformers and PEFT
compute with it, as a set of cases that `warmup verify OUT_FOLDER/real` checks.

    python real_gpt2.py OUT_FOLDER

real/model/ is as `save_pretrained` writes it. hub/ holds the same weights under the hub's names (no `transformer.`)
with the mask buffers that old checkpoints carry, half/ in float16. Nothing is downloaded. About 3 GB of files; they
are never committed.
"""

import gc
import json
import os
import resource
import shutil
import sys
import time
from pathlib import Path

os.environ.update(
    CUDA_VISIBLE_DEVICES="", HF_HUB_OFFLINE="1", TRANSFORMERS_VERBOSITY="error", TOKENIZERS_PARALLELISM="false"
)

import torch
from peft import TaskType
from safetensors.torch import load_file, save_file

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from generator import adapters, language, models, training
from generator.store import Store, versions

SPEC = {
    "seed": 124,
    "n_layer": 12,
    "n_head": 12,
    "n_embd": 768,
    "vocab": 50257,
    "n_positions": 1024,
    "init_range": 0.02,
    "batch": 4,
    "seq": 128,
    "train_batch": 4,
    "train_seq": 128,
    "steps": 4,
    "warmup": 1,
    "lr": 0.0001,
    "lora": {"name": "lora_r8", "r": 8, "alpha": 16, "targets": ["c_attn", "c_proj"]},
}


def inputs() -> dict:
    """As in the small sets, but no input fills the 1,024 positions: its logits alone would be 200 MB."""
    made = language.make_inputs(SPEC | {"n_positions": SPEC["seq"]})
    del made["left"]
    return made


def exact_norm(model) -> float:
    """In float64: over the 38 million numbers of `wte` torch's float32 norm is off by 4e-4."""
    return sum(p.grad.double().square().sum().item() for p in model.parameters()) ** 0.5


def write_language_model(store: Store, made: dict) -> None:
    model = models.language_model(store)
    single = language.forward(model, "single", made["single"], inside=False)
    store.tensors("lm/single", single, keep_large=True)
    store.tensors("lm/batch", language.forward(model, "batch", made["batch"], inside=False))
    labels = language.make_labels(made["batch"])
    started = time.perf_counter()
    out = language.loss_with_gradients(model, made["batch"], labels)
    print(f"full pass and gradients: {time.perf_counter() - started:.2f} s")
    targets = labels[:, 1:]
    each = torch.nn.functional.cross_entropy(
        out.logits[:, :-1].transpose(1, 2), targets, ignore_index=language.IGNORED, reduction="none"
    )
    figures = {
        "loss": out.loss.item(),
        "per_token": each.tolist(),
        "n_predicted": (targets != language.IGNORED).sum().item(),
        "grad_norm": exact_norm(model),
    }
    store.json("lm/loss.json", {"f32": figures})
    store.tensors("lm/grads", {name: p.grad for name, p in model.named_parameters()})
    lists = {tag: {key: value.tolist() for key, value in batch.items()} for tag, batch in made.items()}
    store.json("lm/inputs.json", lists | {"labels_batch": labels.tolist()})


def write_lora(store: Store, made: dict, batches: list[dict]) -> None:
    lora, seed = SPEC["lora"], SPEC["seed"] + 71
    name = lora["name"]

    def fresh():
        return models.adapted(lambda: models.language_model(store), lora, TaskType.CAUSAL_LM, seed)

    model = fresh()
    models.fill_adapter(model, seed + 5)
    adapters.save_adapter(model, store, name)
    with torch.no_grad():
        store.tensors(f"{name}/fwd", {"single.logits": model(**made["single"]).logits}, keep_large=True)
    labels = language.make_labels(made["batch"])
    loss = language.loss_with_gradients(model, made["batch"], labels).loss.item()
    store.tensors(f"{name}/grads", adapters.gradients(model), keep_large=True)
    store.json(f"{name}/info.json", {
        "setting": lora,
        "scaling": lora["alpha"] / lora["r"],
        "counts": adapters.counts(model),
        "loss": {"f32": {"loss": loss, "grad_norm": language.gradient_norm(model)}},
        "adapter_keys": adapters.saved_shapes(store, name),
    })
    del model
    gc.collect()
    started = time.perf_counter()
    training.write_run(SPEC, store, f"{name}/traj_zeroB_wd0", fresh(), batches, keep_large=True)
    print(f"LoRA run of {SPEC['steps']} steps: {time.perf_counter() - started:.2f} s")


def write_other_spellings(out: Path) -> None:
    weights = load_file(out / "real/model/model.safetensors")
    bare = {name.removeprefix("transformer."): tensor for name, tensor in weights.items()}
    positions = SPEC["n_positions"]
    mask = torch.tril(torch.ones(positions, positions)).view(1, 1, positions, positions)
    buffers = {f"h.{block}.attn.bias": mask.clone() for block in range(SPEC["n_layer"])}
    half = {name: tensor.half() for name, tensor in bare.items()}
    for name, tensors in (("hub", bare | buffers), ("half", half)):
        (out / name).mkdir(exist_ok=True)
        shutil.copy(out / "real/model/config.json", out / name / "config.json")
        save_file(tensors, out / name / "model.safetensors", metadata={"format": "pt"})


def main() -> None:
    out = Path(sys.argv[1])
    torch.set_num_threads(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    torch.use_deterministic_algorithms(True)
    store = Store(out / "real", keep_large=False)
    model = models.new_language_model(SPEC)
    print("parameters:", sum(p.numel() for p in model.parameters()))
    model.save_pretrained(store.folder / "model")
    del model
    made, batches = inputs(), training.batches(SPEC, SPEC["seed"] + 21)
    store.json("traj/batches.json", training.as_lists(batches))
    write_language_model(store, made)
    gc.collect()
    write_lora(store, made, batches)
    store.json("meta.json", {"versions": versions(), "spec": SPEC})
    write_other_spellings(out)
    print("peak memory:", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, "MiB")
    print(json.dumps(versions()))


if __name__ == "__main__":
    main()
