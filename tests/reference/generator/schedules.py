"""The library's learning-rate schedules, step by step and three steps beyond the end."""

import torch
from transformers import (
    get_constant_schedule_with_warmup,
    get_cosine_schedule_with_warmup,
    get_linear_schedule_with_warmup,
)

KINDS = {
    "linear": get_linear_schedule_with_warmup,
    "cosine": get_cosine_schedule_with_warmup,
    "cosine_cycles1": lambda *args: get_cosine_schedule_with_warmup(*args, num_cycles=1.0),
    "constant_with_warmup": lambda optimizer, warmup, _total: get_constant_schedule_with_warmup(optimizer, warmup),
}


def rates(make, base: float, warmup: int, total: int) -> list[float]:
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=base)
    schedule = make(optimizer, warmup, total)
    found = []
    for _ in range(total + 3):
        found += schedule.get_last_lr()
        optimizer.step()
        schedule.step()
    return found


def write(spec: dict, store) -> None:
    cases = [
        {"kind": kind, "base_lr": base, "warmup": warmup, "total": total, "lr": rates(make, base, warmup, total)}
        for base in spec["lrs"]
        for warmup, total in spec["pairs"]
        for kind, make in KINDS.items()
    ]
    store.json("schedules.json", cases)
