"""Greedy continuations, and the distributions that sampling draws from."""

import torch
from transformers.generation.logits_process import TemperatureLogitsWarper, TopKLogitsWarper, TopPLogitsWarper

from . import models

# temperature, top_k (0: all), top_p (1: all)
SETTINGS = (
    (1.0, 0, 1.0), (0.7, 0, 1.0), (1.5, 0, 1.0), (1.0, 5, 1.0), (0.8, 10, 1.0),
    (1.3, 40, 1.0), (1.0, 1, 1.0), (1.0, 0, 0.9), (0.9, 20, 0.8),
)  # fmt: skip


def continuation(model, pad: int, prompt: torch.Tensor, count: int, **more):
    mask = more.pop("attention_mask", torch.ones_like(prompt))
    return model.generate(
        prompt, attention_mask=mask, do_sample=False, max_new_tokens=count, pad_token_id=pad, **more
    )


def greedy(model, pad: int, prompt: torch.Tensor, count: int) -> dict:
    out = continuation(model, pad, prompt, count, output_logits=True, return_dict_in_generate=True)
    length = prompt.shape[1]
    new = out.sequences[0, length:].tolist()
    largest = [torch.topk(step[0], 2).values.tolist() for step in out.logits]
    end = new[3]
    stopped = continuation(model, pad, prompt, count, eos_token_id=end)
    return {
        "prompt": prompt[0].tolist(),
        "max_new_tokens": count,
        "new_tokens": new,
        "top1_logit": [first for first, _ in largest],
        "top1_top2_margin": [first - second for first, second in largest],
        "eos_id": end,
        "new_tokens_with_eos": stopped[0, length:].tolist(),
    }


def left_padded(model, pad: int, longer: torch.Tensor, shorter: torch.Tensor, count: int) -> dict:
    gap = len(longer) - len(shorter)
    ids = torch.stack([longer, torch.cat([torch.full((gap,), pad), shorter])])
    mask = torch.ones_like(ids)
    mask[1, :gap] = 0
    out = continuation(model, pad, ids, count, attention_mask=mask)
    new = out[:, len(longer):].tolist()
    return {"input_ids": ids.tolist(), "attention_mask": mask.tolist(), "new_tokens": new}


@torch.no_grad()
def distribution(model, prompt: torch.Tensor, temperature: float, top_k: int, top_p: float) -> torch.Tensor:
    scores = model(prompt).logits[:, -1]
    if temperature != 1.0:
        scores = TemperatureLogitsWarper(temperature)(None, scores)
    if top_k > 0:
        scores = TopKLogitsWarper(top_k)(None, scores)
    if top_p < 1.0:
        scores = TopPLogitsWarper(top_p)(None, scores)
    return scores.softmax(-1)[0]


def write(spec: dict, store) -> None:
    model, pad = models.language_model(store), models.pad_id(spec)
    model.generation_config.eos_token_id = None
    draw = models.generator(spec["seed"] + 61)
    count = min(14, spec["n_positions"] - 10)

    def prompt(length: int) -> torch.Tensor:
        return torch.randint(0, spec["vocab"] - 1, (1, length), generator=draw)

    cases = {"greedy": [greedy(model, pad, prompt(length), count) for length in (1, 4, 9)]}
    longer, shorter = prompt(7)[0], prompt(3)[0]
    cases["left_padded_batch"] = left_padded(model, pad, longer, shorter, count)
    last, tensors, settings = prompt(6), {}, []
    for temperature, top_k, top_p in SETTINGS:
        key = f"T{temperature}_k{top_k}_p{top_p}"
        tensors[key] = distribution(model, last, temperature, top_k, top_p)
        settings.append({"key": key, "temperature": temperature, "top_k": top_k, "top_p": top_p})
    store.tensors("gen/dists", tensors, keep_large=True)
    store.json("gen/gen.json", cases | {"dist_prompt": last[0].tolist(), "dists": settings})
