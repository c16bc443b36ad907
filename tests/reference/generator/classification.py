"""GPT2ForSequenceClassification: which token speaks for a text, gradients, runs, an adapter."""

import torch
from peft import TaskType
from safetensors.torch import save_file

from . import models
from .adapters import counts, gradients, save_adapter, saved_shapes
from .language import gradient_norm, loss_with_gradients
from .training import as_lists, batches, write_run

LABELS = [1, 0, 0, 1]


def make_inputs(spec: dict) -> dict:
    words, width, pad = spec["vocab"] - 1, spec["seq"], models.pad_id(spec)
    draw = models.generator(spec["seed"] + 33)
    ids = torch.randint(0, words, (len(LABELS), width), generator=draw)
    lengths = torch.tensor([width, width - 3, width - 7, 1])
    mask = (torch.arange(width) < lengths[:, None]).long()
    ids[mask == 0] = pad
    edge, edge_mask = edge_rows(words, width, pad, draw)
    return {
        "batch": {"input_ids": ids, "attention_mask": mask},
        "batch_nomask": {"input_ids": ids},
        "edge": {"input_ids": edge, "attention_mask": edge_mask},
        "edge_nomask": {"input_ids": edge},
    }


def edge_rows(words: int, width: int, pad: int, draw: torch.Generator):
    """Where the id that pads is also a token: amid a text, at its end, everywhere; on the left; and once
    for real before padding."""
    ids = torch.randint(0, words, (5, width), generator=draw)
    mask = torch.ones_like(ids)
    ids[0, width // 2] = pad
    ids[1, -1] = pad
    ids[2] = pad
    ids[3, :4], mask[3, :4] = pad, 0
    ids[4, -4:], mask[4, -3:] = pad, 0
    return ids, mask


def pooled(ids: torch.Tensor, pad: int) -> list[int]:
    places = torch.arange(ids.shape[1]) * (ids != pad)
    return places.argmax(1).tolist()


def save_model(spec: dict, store) -> None:
    model, folder = models.new_classifier(spec, store), store.folder / "cls/model"
    if spec.get("cls_full_model", True):
        return model.save_pretrained(folder)
    model.config.save_pretrained(folder)
    score = {"score.weight": model.score.weight.detach().clone()}
    save_file(score, folder / "score.safetensors", metadata={"format": "pt"})


def write(spec: dict, store) -> None:
    save_model(spec, store)
    inputs, pad, labels = make_inputs(spec), models.pad_id(spec), torch.tensor(LABELS)

    def fresh():
        return models.classifier(spec, store)

    model = fresh()
    with torch.no_grad():
        logits = {f"{name}.logits": model(**batch).logits for name, batch in inputs.items()}
    store.tensors("cls/fwd", logits, keep_large=True)
    loss = loss_with_gradients(model, inputs["batch"], labels).loss.item()
    store.tensors("cls/grads", {name: p.grad for name, p in model.named_parameters()})
    store.json("cls/cases.json", {
        "pad_token_id": pad,
        "labels_batch": LABELS,
        "pooled_index": {name: pooled(batch["input_ids"], pad) for name, batch in inputs.items()},
        "loss": {"f32": {"loss": loss, "grad_norm": gradient_norm(model)}},
        "inputs": {name: {k: v.tolist() for k, v in batch.items()} for name, batch in inputs.items()},
    })

    made = batches(spec, spec["seed"] + 41, for_classifier=True)
    store.json("cls/batches.json", as_lists(made))
    half = models.freeze_lower_half
    write_run(spec, store, "cls/traj_partial_wd0", half(fresh()), made)
    write_run(spec, store, "cls/traj_partial_wd0.01_trainer", half(fresh()), made, 0.01, like_trainer=True, finals=False)
    write_run(spec, store, "cls/traj_headonly_wd0", models.freeze_all_but_the_head(fresh()), made)
    write_adapter(spec, store, fresh, inputs["batch"], labels)


def write_adapter(spec: dict, store, fresh, batch: dict, labels: torch.Tensor) -> None:
    """For this task PEFT saves the head with the adapter."""
    name = f"cls/{spec['loras'][0]['name']}"
    model = models.adapted(fresh, spec["loras"][0], TaskType.SEQ_CLS, spec["seed"] + 51)
    models.fill_adapter(model, spec["seed"] + 52, head_too=True)
    save_adapter(model, store, name)
    with torch.no_grad():
        store.tensors(f"{name}/fwd", {"batch.logits": model(**batch).logits}, keep_large=True)
    loss_with_gradients(model, batch, labels)
    store.tensors(f"{name}/grads", gradients(model), keep_large=True)
    info = {"setting": spec["loras"][0], "counts": counts(model), "adapter_keys": saved_shapes(store, name)}
    store.json(f"{name}/info.json", info)
