"""How many parameters of the real GPT-2 each method trains. On the meta device: shapes, no numbers."""

import torch
from peft import LoraConfig, TaskType, get_peft_model
from transformers import GPT2Config, GPT2ForSequenceClassification, GPT2LMHeadModel

from .adapters import counts
from .store import versions

MODELS = {"LM": (GPT2LMHeadModel, TaskType.CAUSAL_LM), "SEQ_CLS": (GPT2ForSequenceClassification, TaskType.SEQ_CLS)}


def model(kind: str):
    return MODELS[kind][0](GPT2Config())


def adapted(kind: str, targets: list[str] | str, rank: int) -> dict:
    modules = targets if isinstance(targets, str) else list(targets)
    settings = LoraConfig(task_type=MODELS[kind][1], r=rank, target_modules=modules, fan_in_fan_out=True)
    return counts(get_peft_model(model(kind), settings))


def frozen(kind: str, blocks: int) -> dict:
    one = model(kind)
    for part in (one.transformer.wte, one.transformer.wpe, *one.transformer.h[:blocks]):
        part.requires_grad_(False)
    sizes = [(p.numel(), p.requires_grad) for p in one.parameters()]
    return {"trainable": sum(size for size, trains in sizes if trains), "total": sum(size for size, _ in sizes)}


def write(spec: dict, store) -> None:
    with torch.device("meta"):
        store.json("param_counts_gpt2.json", {
            "versions": versions(),
            "base_total": sum(p.numel() for p in model("LM").parameters()),
            "lora": [
                {"target_modules": targets, "r": rank, **adapted("LM", targets, rank)}
                for targets in spec["targets"]
                for rank in spec["ranks"]
            ],
            "other": [
                {
                    "method": f"LoRA SEQ_CLS c_attn+c_proj r={rank} (score saved too)",
                    **adapted("SEQ_CLS", ["c_attn", "c_proj"], rank),
                }
                for rank in spec["ranks"]
            ],
            "freeze": [
                {"model": kind, "frozen": f"embeddings + first {blocks} blocks", **frozen(kind, blocks)}
                for kind in MODELS
                for blocks in spec["frozen_blocks"]
            ],
        })
