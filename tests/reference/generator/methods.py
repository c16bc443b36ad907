"""DoRA, IA3, prompt and prefix tuning by PEFT, bottleneck adapters by the `adapters` library: forward, merging,
gradients, a run. PEFT's own files lie beside them; for bottleneck adapters, for which PEFT has no format, this
project's.
"""

import copy
import json

import adapters as bottleneck
import torch
from peft import IA3Config, LoraConfig, PeftModel, PrefixTuningConfig, PromptTuningConfig, TaskType, get_peft_model
from safetensors.torch import save_file

from . import models
from .adapters import changed_weights, counts, save_adapter, saved_shapes
from .language import IGNORED, gradient_norm, loss_with_gradients
from .training import write_run

CAUSAL = TaskType.CAUSAL_LM


def settings(case: dict):
    tokens = case.get("virtual_tokens")
    return {
        "dora": lambda: LoraConfig(
            task_type=CAUSAL, r=case["r"], lora_alpha=case["alpha"], target_modules=list(case["targets"]),
            fan_in_fan_out=True, use_dora=True,
        ),
        "ia3": lambda: IA3Config(task_type=CAUSAL),
        "prompt": lambda: PromptTuningConfig(task_type=CAUSAL, num_virtual_tokens=tokens),
        "prefix": lambda: PrefixTuningConfig(task_type=CAUSAL, num_virtual_tokens=tokens),
    }[case["method"]]()


def fresh(case: dict, spec: dict, store):
    torch.manual_seed(spec["seed"] + 91)
    if case["method"] != "adapter":
        return filled(get_peft_model(models.language_model(store), settings(case)).eval(), spec)
    kind = {"houlsby": bottleneck.DoubleSeqBnConfig, "pfeiffer": bottleneck.SeqBnConfig}[case["placement"]]
    model = models.language_model(store)
    bottleneck.init(model)
    model.add_adapter("a", config=kind(reduction_factor=spec["n_embd"] // case["bottleneck"]))
    model.train_adapter("a")
    return filled(model.eval(), spec)


@torch.no_grad()
def filled(model, spec: dict):
    """Moves everything off its start, which often is the base model."""
    noise = models.generator(spec["seed"] + 92)
    for parameter in (p for p in model.parameters() if p.requires_grad):
        parameter.add_(torch.randn(parameter.shape, generator=noise) * 0.1)
    return model


def pieces(name: str, case: dict):
    """What this project calls a parameter of the library, or its parts, each with the function that takes it out of
    the library's tensor."""
    if case["method"] == "adapter":
        place = "attn_adapter" if "attention_adapters" in name else "mlp_adapter"
        block = name.split("output_adapters")[0].split("attention_adapters")[0]
        layer, kind = "down" if "adapter_down" in name else "up", name.rsplit(".", 1)[1]
        return {f"{block}{place}.{layer}.{kind}": lambda t: t.T if t.dim() == 2 else t}
    if case["method"] == "prompt":
        return {"transformer.prompt.weight": lambda t: t}
    if case["method"] == "prefix":
        return {
            f"transformer.h.{index // 2}.attn.prefix.{('key', 'value')[index % 2]}":
                lambda t, index=index: t[:, index * case["width"]: (index + 1) * case["width"]]
            for index in range(2 * case["blocks"])
        }
    name = models.file_name(name).replace("lora_magnitude_vector.weight", "lora_magnitude_vector")
    return {name: lambda t: t.flatten() if name.endswith("ia3_l") else t}


def tensors(model, case: dict, of) -> dict:
    found = {}
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            for own_name, part in pieces(name, case).items():
                found[own_name] = part(of(parameter)).contiguous()
    return found


def save(model, case: dict, store) -> None:
    if case["method"] != "adapter":
        return save_adapter(model, store, case["name"])
    folder = store.folder / case["name"] / "adapter"
    folder.mkdir(parents=True, exist_ok=True)
    save_file(tensors(model, case, lambda p: p.detach()), folder / "adapter_model.safetensors")
    (folder / "adapter_config.json").write_text(json.dumps({
        "base_model_name_or_path": "model", "bottleneck": case["bottleneck"], "format_version": 1,
        "method": "adapter", "placement": case["placement"], "task_type": "CAUSAL_LM",
    }, indent=2))


def for_theirs(batch: dict, case: dict) -> dict:
    """Behind a soft prompt PEFT also predicts the first token, from the prompt; here a text's first token is given."""
    if case["method"] != "prompt":
        return batch
    labels = batch["labels"].clone()
    labels[:, 0] = IGNORED
    return {**batch, "labels": labels}


def logits(model, inputs: dict) -> torch.Tensor:
    """Of the text alone."""
    given = inputs["input_ids"].shape[1]
    return model(**inputs).logits[:, -given:].contiguous()


def write(spec: dict, store, inputs: dict, batches: list[dict]) -> None:
    for case in spec.get("methods", []):
        write_one({**case, "width": spec["n_embd"], "blocks": spec["n_layer"]}, spec, store, inputs, batches)


def write_one(case: dict, spec: dict, store, inputs: dict, batches: list[dict]) -> None:
    name, model = case["name"], fresh(case, spec, store)
    save(model, case, store)
    with torch.no_grad():
        # `single` fills the context, and leaves no room for virtual tokens.
        tags = ["batch"] if "virtual_tokens" in case else ["batch", "single"]
        outputs = {f"{tag}.logits": logits(model, inputs[tag]) for tag in tags}
        changed = None
        if case["method"] in ("dora", "ia3"):
            merged = copy.deepcopy(model).merge_and_unload()
            outputs["batch.logits_merged"] = logits(merged, inputs["batch"])
            changed = changed_weights(merged, models.language_model(store))
            store.tensors(f"{name}/merged_changed", changed, keep_large=True)
    store.tensors(f"{name}/fwd", outputs, keep_large=True)
    one = for_theirs({**inputs["batch"], "labels": inputs["labels"]}, case)
    labels = one.pop("labels")
    loss = loss_with_gradients(model, one, labels).loss.item()
    store.tensors(f"{name}/grads", tensors(model, case, lambda p: p.grad), keep_large=True)
    sizes = [(p.numel(), p.requires_grad) for p in model.parameters()]
    info = {
        "setting": {key: value for key, value in case.items() if key not in ("width", "blocks")},
        "counts": {"trainable": sum(n for n, trains in sizes if trains), "total": sum(n for n, _ in sizes)},
        "loss": {"f32": {"loss": loss, "grad_norm": gradient_norm(model)}},
        "adapter_keys": saved_shapes(store, name),
    }
    if isinstance(model, PeftModel):
        assert info["counts"] == counts(model)
    if changed is not None:
        info["changed_by_merge"] = sorted(changed)
    store.json(f"{name}/info.json", info)
    made = [for_theirs(batch, case) for batch in batches]
    trained = fresh(case, spec, store)
    write_run(spec, store, f"{name}/traj_wd0", trained, made, keep_large=True,
              names=lambda m: tensors(m, case, lambda p: p.detach()))
