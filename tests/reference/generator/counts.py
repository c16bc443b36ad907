"""How many parameters of the real GPT-2 each method trains. On the meta device: shapes, no numbers."""

import torch
from adapters import DoubleSeqBnConfig, SeqBnConfig
from adapters import init as with_places
from peft import IA3Config, LoraConfig, PrefixTuningConfig, PromptTuningConfig, TaskType, get_peft_model
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


def by_peft(settings) -> dict:
    return counts(get_peft_model(model("LM"), settings))


def others(virtual_tokens: list[int]) -> list[dict]:
    task = TaskType.CAUSAL_LM
    found = [{
        "method": "IA3 (peft default for gpt2: c_attn + mlp.c_proj, feedforward mlp.c_proj)",
        **by_peft(IA3Config(task_type=task)),
    }]
    for tokens in virtual_tokens:
        prompt = by_peft(PromptTuningConfig(task_type=task, num_virtual_tokens=tokens))
        found.append({"method": f"prompt tuning, {tokens} virtual tokens", **prompt})
    for tokens in virtual_tokens:
        prefix = by_peft(PrefixTuningConfig(task_type=task, num_virtual_tokens=tokens))
        found.append({"method": f"prefix tuning, {tokens} virtual tokens, no projection", **prefix})
    return found


def bottlenecks(sizes: list[int]) -> list[dict]:
    """By the `adapters` library, which makes tensors of its own on the meta device too."""
    kinds = {"pfeiffer/seq_bn: 1 per block (after mlp)": SeqBnConfig, "houlsby/double_seq_bn: 2 per block": DoubleSeqBnConfig}
    found = []
    for size in sizes:
        for kind, settings in kinds.items():
            one = model("LM")
            with_places(one)
            one.add_adapter("a", config=settings(reduction_factor=one.config.n_embd / size))
            one.train_adapter("a")
            sizes_of = [(p.numel(), p.requires_grad) for p in one.parameters()]
            trainable = sum(n for n, trains in sizes_of if trains)
            found.append({
                "kind": kind, "bottleneck": size, "trainable": trainable, "total": sum(n for n, _ in sizes_of),
            })
    return found


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
            ] + others(spec["virtual_tokens"]),
            "bottleneck": bottlenecks(spec["bottlenecks"]),
            "freeze": [
                {"model": kind, "frozen": f"embeddings + first {blocks} blocks", **frozen(kind, blocks)}
                for kind in MODELS
                for blocks in spec["frozen_blocks"]
            ],
        })
