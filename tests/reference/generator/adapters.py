"""LoRA by PEFT on the language model: forward, merging, gradients, runs."""

import copy
import json
import math

import torch
from peft import TaskType
from safetensors import safe_open

from . import models
from .language import gradient_norm, loss_with_gradients
from .training import write_run

MERGED_IN_FULL = 60_000


def save_adapter(model, store, name: str) -> None:
    """PEFT's own files; names of modules are a set there, whose order would change from run to run."""
    folder = store.folder / name / "adapter"
    model.save_pretrained(folder)
    path = folder / "adapter_config.json"
    settings = json.loads(path.read_text())
    for names in ("target_modules", "exclude_modules", "feedforward_modules", "modules_to_save"):
        if isinstance(settings.get(names), list):
            settings[names].sort()
    path.write_text(json.dumps(settings, indent=2, sort_keys=True))
    (folder / "README.md").unlink(missing_ok=True)


def counts(model) -> dict:
    trainable, total = model.get_nb_trainable_parameters()
    return {"trainable": trainable, "total": total}


def saved_shapes(store, name: str) -> dict:
    with safe_open(store.folder / name / "adapter/adapter_model.safetensors", "pt") as file:
        return {key: file.get_slice(key).get_shape() for key in file.keys()}


def gradients(model) -> dict:
    return {name: p.grad for name, p in models.trained(model).items()}


def write(spec: dict, store, inputs: dict, batches: list[dict]) -> None:
    for lora in spec["loras"]:
        write_one(lora, spec, store, inputs, batches)


def write_one(lora: dict, spec: dict, store, inputs: dict, batches: list[dict]) -> None:
    name, seed = lora["name"], spec["seed"] + 71

    def fresh():
        return models.adapted(lambda: models.language_model(store), lora, TaskType.CAUSAL_LM, seed)

    def filled():
        model = fresh()
        models.fill_adapter(model, seed + 5)
        return model

    model, batch = filled(), inputs["batch"]
    save_adapter(model, store, name)
    merged = copy.deepcopy(model).merge_and_unload()
    with torch.no_grad():
        outputs = {
            "single.logits": model(**inputs["single"]).logits,
            "batch.logits": model(**batch).logits,
            "batch.logits_merged": merged(**batch).logits,
        }
    store.tensors(f"{name}/fwd", outputs, keep_large=True)
    changed = changed_weights(merged, models.language_model(store))
    small = sum(w.numel() for w in changed.values()) <= MERGED_IN_FULL
    store.tensors(f"{name}/merged_changed", changed, keep_large=store.keep_large and small)

    loss = loss_with_gradients(model, batch, inputs["labels"]).loss.item()
    store.tensors(f"{name}/grads", gradients(model), keep_large=True)
    store.json(f"{name}/info.json", {
        "setting": lora,
        "scaling": lora["alpha"] / (math.sqrt(lora["r"]) if lora.get("rslora") else lora["r"]),
        "counts": counts(model),
        "loss": {"f32": {"loss": loss, "grad_norm": gradient_norm(model)}},
        "changed_by_merge": sorted(changed),
        "adapter_keys": saved_shapes(store, name),
    })
    write_run(spec, store, f"{name}/traj_wd0", filled(), batches, keep_large=True)
    write_run(spec, store, f"{name}/traj_wd0.01", filled(), batches, 0.01)
    write_run(spec, store, f"{name}/traj_zeroB_wd0", fresh(), batches)


def changed_weights(merged, base) -> dict:
    before = base.state_dict()
    return {
        name: weight
        for name, weight in merged.state_dict().items()
        if name != "lm_head.weight" and not torch.equal(weight, before[name])
    }
