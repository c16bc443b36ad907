"""Training runs: backward, clipping by the global norm, AdamW, a linear schedule with warmup."""

import torch
from transformers import Trainer, get_linear_schedule_with_warmup

from . import models
from .language import IGNORED, without_cache

BETAS, EPSILON, MAX_GRAD_NORM = (0.9, 0.999), 1e-8, 1.0


def batches(spec: dict, seed: int, for_classifier: bool = False) -> list[dict]:
    """Random words of which half repeat the last but one, so that there is something to learn; every
    second row is padded."""
    draw, shape = models.generator(seed), (spec["train_batch"], spec["train_seq"])
    rows, width = shape
    made = []
    for _ in range(spec["steps"]):
        ids = torch.randint(0, spec["vocab"] - 1, shape, generator=draw)
        repeats = torch.rand(shape, generator=draw) < 0.5
        for place in range(2, width):
            ids[:, place] = torch.where(repeats[:, place], ids[:, place - 2], ids[:, place])
        mask = torch.ones_like(ids)
        for row in range(1, rows, 2):
            length = torch.randint(width // 2, width, (1,), generator=draw).item()
            mask[row, length:], ids[row, length:] = 0, models.pad_id(spec)
        if for_classifier:
            labels = ids[:, 0] % 2
        else:
            labels = ids.masked_fill(mask == 0, IGNORED)
            labels[0, :3] = IGNORED
        made.append({"input_ids": ids, "attention_mask": mask, "labels": labels})
    return made


def cacheless(model, batch: dict) -> dict:
    """Question answering and BERT have no such argument."""
    return {} if "start_positions" in batch else without_cache(model)


def as_lists(made: list[dict]) -> list[dict]:
    return [{key: value.tolist() for key, value in batch.items()} for batch in made]


def decaying(model) -> set[str]:
    """What HF Trainer decays: everything but biases and layer norms."""
    return set(Trainer.get_decay_parameter_names(None, model))


def optimizer(model, rate: float, decay: float, like_trainer: bool) -> torch.optim.AdamW:
    decays = decaying(model) if like_trainer else None
    groups: dict[float, list] = {}
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            own = decay if decays is None or name in decays else 0.0
            groups.setdefault(own, []).append(parameter)
    parameters = [{"params": params, "weight_decay": own} for own, params in groups.items()]
    return torch.optim.AdamW(parameters, lr=rate, betas=BETAS, eps=EPSILON)


def train(model, made: list[dict], spec: dict, decay: float, like_trainer: bool) -> dict:
    steps = optimizer(model, spec["lr"], decay, like_trainer)
    schedule = get_linear_schedule_with_warmup(steps, spec["warmup"], spec["steps"])
    losses, rates, norms = [], [], []
    model.train()
    for batch in made:
        loss = model(**batch, **cacheless(model, batch)).loss
        loss.backward()
        norms.append(torch.nn.utils.clip_grad_norm_(model.parameters(), MAX_GRAD_NORM).item())
        rates.append(schedule.get_last_lr()[0])
        losses.append(loss.item())
        steps.step()
        schedule.step()
        steps.zero_grad()
    model.eval()
    with torch.no_grad():
        final = model(**made[0], **cacheless(model, made[0])).loss.item()
    return {"losses": losses, "lrs": rates, "grad_norms": norms, "final_loss_on_batch0": final}


def write_run(spec: dict, store, stem: str, model, made: list[dict], decay: float = 0.0,
              like_trainer: bool = False, finals: bool = True, keep_large: bool | None = None, names=models.trained) -> None:
    decayed = sorted(decaying(model)) if like_trainer else None
    figures = train(model, made, spec, decay, like_trainer)
    trained = names(model)
    record = {
        "optimizer": "AdamW",
        "betas": BETAS,
        "eps": EPSILON,
        "weight_decay": decay,
        "decay_mode": "none" if decay == 0 else "trainer" if like_trainer else "uniform",
        "max_grad_norm": MAX_GRAD_NORM,
        "lr": spec["lr"],
        "warmup": spec["warmup"],
        "total": spec["steps"],
        **figures,
        "n_trainable": sum(p.numel() for p in trained.values()),
        "n_total": sum(p.numel() for name, p in model.named_parameters() if ".original_module." not in name),
        "trainable": sorted(trained),
    }
    if like_trainer:
        record["decayed"] = [name for name in decayed if name in trained]
    store.json(f"{stem}.json", record)
    if finals:
        store.tensors(f"{stem}_final", trained, keep_large)


def write_language_runs(spec: dict, store, made: list[dict]) -> None:
    def full():
        return models.language_model(store)

    def partial():
        return models.freeze_lower_half(full())

    keep = spec["store"] == "full"
    write_run(spec, store, "traj/full_wd0", full(), made)
    write_run(spec, store, "traj/full_wd0.01_uniform", full(), made, 0.01, finals=keep)
    write_run(spec, store, "traj/full_wd0.01_trainer", full(), made, 0.01, like_trainer=True, keep_large=False)
    write_run(spec, store, "traj/partial_wd0", partial(), made)
    write_run(spec, store, "traj/partial_wd0.01_uniform", partial(), made, 0.01, keep_large=False)
    write_run(spec, store, "traj/partial_wd0.01_trainer", partial(), made, 0.01, like_trainer=True, keep_large=False)
    write_run(spec, store, "traj/bitfit_wd0", models.freeze_all_but_biases(full()), made)
