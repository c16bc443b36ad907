"""Remedies against forgetting, written down in torch as a loss that autograd takes apart.

The task's loss, and beside it: L2-SP, alpha/2 times the squared way from the start (a fresh head: beta/2 times
its squares); EWC, lambda/2 times the same weighted by the diagonal Fisher information; replayed text, its
language-model loss times a share. And rates that fall from block to block.
"""

import torch
import torch.nn.functional as functional
from transformers import get_linear_schedule_with_warmup

from . import models
from .training import BETAS, EPSILON, MAX_GRAD_NORM, batches, decaying

STEPS, WARMUP, DECAY = 10, 2, 0.01
FISHER_TEXTS, REPLAYED_ROWS = 6, 2

REMEDIES = {
    "l2sp": {"l2_sp_alpha": 5.0},
    "ewc": {"ewc_lambda": 300.0, "ewc_samples": FISHER_TEXTS},
    "replay": {"replay": 0.5},
    "llrd": {"layer_wise_lr_decay": 0.7},
}
ALL = {key: value for one in REMEDIES.values() for key, value in one.items()} | {"l2_sp_beta": 0.5}


def texts(spec: dict) -> dict:
    draw = models.generator(spec["seed"] + 91)

    def rows(*shape):
        return torch.randint(0, spec["vocab"] - 1, shape, generator=draw)

    length = spec["train_seq"]
    return {"fisher": rows(FISHER_TEXTS, length), "replay": rows(STEPS, REPLAYED_ROWS, length)}


def language_loss(model, ids):
    """Of the next tokens, by the tied head, with a classifier's transformer too."""
    hidden = model.transformer(ids, use_cache=False).last_hidden_state
    logits = hidden @ model.transformer.wte.weight.T
    return functional.cross_entropy(logits[:, :-1].flatten(0, 1), ids[:, 1:].flatten())


def fisher(model, rows) -> dict:
    """Mean over the texts of T times the squared gradient of a text's mean loss over its T predictions."""
    sums = {name: torch.zeros_like(p) for name, p in models.trained(model).items() if name != "score.weight"}
    for row in rows:
        model.zero_grad()
        language_loss(model, row[None]).backward()
        for name, parameter in models.trained(model).items():
            if name in sums:
                sums[name] += (len(row) - 1) * parameter.grad.square()
    model.zero_grad()
    return {name: total / len(rows) for name, total in sums.items()}


def factor(name: str, blocks: int, decay: float) -> float:
    if ".h." in name:
        return decay ** (blocks - int(name.split(".h.")[1].split(".")[0]))
    return decay ** (blocks + 1) if "wte" in name or "wpe" in name else 1.0


def optimizer(model, rate: float, layer_decay: float) -> torch.optim.AdamW:
    decays, groups = decaying(model), []
    for name, parameter in models.trained(model).items():
        own = rate * factor(name, len(model.transformer.h), layer_decay)
        weight_decay = DECAY if name in decays else 0.0
        groups.append({"params": [parameter], "lr": own, "weight_decay": weight_decay})
    return torch.optim.AdamW(groups, lr=rate, betas=BETAS, eps=EPSILON)


def penalty(model, start: dict, information: dict, remedies: dict):
    alpha, beta = remedies.get("l2_sp_alpha", 0.0), remedies.get("l2_sp_beta", 0.01)
    cost = torch.zeros(())
    for name, parameter in models.trained(model).items():
        if name == "score.weight":
            cost = cost + (beta / 2 if alpha else 0.0) * parameter.square().sum()
            continue
        away = (parameter - start[name]).square()
        cost = cost + alpha / 2 * away.sum()
        cost = cost + remedies.get("ewc_lambda", 0.0) / 2 * (information[name] * away).sum()
    return cost


def train(model, made: list[dict], spec: dict, remedies: dict, general: dict) -> dict:
    steps = optimizer(model, spec["lr"], remedies.get("layer_wise_lr_decay", 1.0))
    schedule = get_linear_schedule_with_warmup(steps, WARMUP, STEPS)
    start = {name: p.detach().clone() for name, p in models.trained(model).items()}
    information = fisher(model, general["fisher"])
    losses, extras, rates, norms = [], [], [], []
    model.train()
    for batch, replayed in zip(made[:STEPS], general["replay"]):
        task = model(**batch, use_cache=False).loss
        extra = penalty(model, start, information, remedies)
        if share := remedies.get("replay", 0.0):
            extra = extra + share * language_loss(model, replayed)
        (task + extra).backward()
        norms.append(torch.nn.utils.clip_grad_norm_(model.parameters(), MAX_GRAD_NORM).item())
        rates.append(spec["lr"] * schedule.lr_lambdas[0](len(rates)))
        losses.append(task.item())
        extras.append(extra.item())
        steps.step()
        schedule.step()
        steps.zero_grad()
    return {"losses": losses, "remedy_losses": extras, "lrs": rates, "grad_norms": norms}


def write_run(spec: dict, store, stem: str, model, made: list[dict], remedies: dict, general: dict) -> None:
    figures = train(model, made, spec, remedies, general)
    trained, decayed = models.trained(model), decaying(model)
    store.json(f"{stem}.json", {
        "optimizer": "AdamW",
        "betas": BETAS,
        "eps": EPSILON,
        "weight_decay": DECAY,
        "decay_mode": "trainer",
        "max_grad_norm": MAX_GRAD_NORM,
        "lr": spec["lr"],
        "warmup": WARMUP,
        "total": STEPS,
        "remedies": remedies,
        **figures,
        "n_trainable": sum(p.numel() for p in trained.values()),
        "n_total": sum(p.numel() for p in model.parameters()),
        "trainable": sorted(trained),
        "decayed": sorted(name for name in decayed if name in trained),
    })
    store.tensors(f"{stem}_final", trained, keep_large=False)


def write(spec: dict, store, made: list[dict]) -> None:
    general = texts(spec)
    store.json("remedies/texts.json", {key: rows.tolist() for key, rows in general.items()})
    model = models.language_model(store)
    store.tensors("remedies/fisher", fisher(model, general["fisher"]), keep_large=False)
    for name, remedies in REMEDIES.items():
        write_run(spec, store, f"remedies/full_{name}", models.language_model(store), made, remedies, general)
    for_classifier = batches(spec, spec["seed"] + 41, for_classifier=True)
    classifier = models.classifier(spec, store)
    write_run(spec, store, "remedies/cls_all", classifier, for_classifier, ALL, general)
