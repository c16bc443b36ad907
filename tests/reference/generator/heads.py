"""Heads of other tasks on the language model's transformer: labels for tokens, answers in a text, many labels
a text; each with its loss, gradients, and a run of LoRA with the head. And the loss on completions alone."""

import torch
from peft import TaskType
from safetensors.torch import save_file
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy
from transformers import GPT2ForQuestionAnswering, GPT2ForSequenceClassification, GPT2ForTokenClassification

from . import models
from .adapters import counts, gradients, save_adapter, saved_shapes
from .language import IGNORED, gradient_norm
from .training import as_lists, batches, cacheless, write_run

TAGS, TOPICS = 5, 4
KINDS = {
    "token_cls": (GPT2ForTokenClassification, TaskType.TOKEN_CLS, {"num_labels": TAGS, "classifier_dropout": 0.0}),
    "qa": (GPT2ForQuestionAnswering, TaskType.QUESTION_ANS, {}),
    "multi_label": (GPT2ForSequenceClassification, TaskType.SEQ_CLS,
                    {"num_labels": TOPICS, "problem_type": "multi_label_classification"}),
}
WEIGHTS = {"token_cls": [0.5, 2.0, 1.0, 3.0, 0.25], "multi_label": [0.5, 3.0, 1.0, 2.0]}


@torch.no_grad()
def fresh(kind: str, spec: dict, store):
    model_class, _, more = KINDS[kind]
    torch.manual_seed(spec["seed"] + 81)
    model = model_class(models.config(spec, pad_token_id=models.pad_id(spec), **more))
    model.transformer.load_state_dict(models.language_model(store).transformer.state_dict())
    noise = models.generator(spec["seed"] + 82)
    for name, parameter in head(model).items():
        parameter.copy_(torch.randn(parameter.shape, generator=noise) * 0.3)
    return models._named(model, kind)


def head(model) -> dict:
    return {name: p for name, p in model.named_parameters() if not name.startswith("transformer.")}


def with_targets(kind: str, batch: dict, seed: int) -> dict:
    """A batch of texts with something to learn about them."""
    ids, mask = batch["input_ids"], batch["attention_mask"]
    inputs = {"input_ids": ids, "attention_mask": mask}
    if kind == "token_cls":
        # As of words in pieces: only some tokens have a label.
        silent = (torch.rand(ids.shape, generator=models.generator(seed)) < 0.3) | (mask == 0)
        return inputs | {"labels": (ids % TAGS).masked_fill(silent, IGNORED)}
    if kind == "qa":
        length = mask.sum(1)
        start = ids[:, 0] % length
        end = torch.minimum(start + ids[:, 1] % 4, length - 1)
        return inputs | {"start_positions": start, "end_positions": end}
    return inputs | {"labels": torch.stack([ids[:, i] % 3 == 0 for i in range(TOPICS)], 1).float()}


def listed(batch: dict) -> dict:
    """With one key `labels`, whatever the model calls its targets."""
    batch = dict(batch)
    if "start_positions" in batch:
        batch["labels"] = torch.stack([batch.pop("start_positions"), batch.pop("end_positions")], 1)
    if batch["labels"].is_floating_point():
        batch["labels"] = batch["labels"].long()
    return as_lists([batch])[0]


def outside(kind: str, batch: dict) -> dict:
    """For answers, one that ends behind the text and one that starts before it: ignored, and its first token."""
    if kind == "qa":
        batch["end_positions"][0] = batch["input_ids"].shape[1] + 3
        batch["start_positions"][1] = -2
    return batch


def backward(model, batch: dict, loss_of=None):
    model.train()
    model.zero_grad(set_to_none=True)
    out = model(**batch, **cacheless(model, batch))
    loss = out.loss if loss_of is None else loss_of(out.logits, batch["labels"])
    loss.backward()
    model.eval()
    return {"loss": loss.item(), "grad_norm": gradient_norm(model)}


def weighted(kind: str, model, batch: dict) -> dict:
    weights = torch.tensor(WEIGHTS[kind])

    def loss_of(logits, labels):
        if kind == "multi_label":
            return binary_cross_entropy_with_logits(logits, labels, pos_weight=weights)
        return cross_entropy(logits.flatten(0, 1), labels.flatten(), weight=weights)

    return {"class_weights": WEIGHTS[kind]} | backward(model, batch, loss_of)


def logits_of(model, batch: dict) -> torch.Tensor:
    with torch.no_grad():
        out = model(batch["input_ids"], attention_mask=batch["attention_mask"])
    return torch.stack([out.start_logits, out.end_logits], -1) if hasattr(out, "start_logits") else out.logits


def write_kind(kind: str, spec: dict, store) -> None:
    model, seed = fresh(kind, spec, store), spec["seed"] + 83
    texts = batches(spec, seed)
    made = [with_targets(kind, batch, seed + step) for step, batch in enumerate(texts)]
    one = outside(kind, with_targets(kind, texts[0], seed))
    (store.folder / kind).mkdir(parents=True, exist_ok=True)
    weights = {name: p.detach().clone() for name, p in head(model).items()}
    save_file(weights, store.folder / kind / "head.safetensors", metadata={"format": "pt"})
    store.tensors(f"{kind}/fwd", {"batch.logits": logits_of(model, one)}, keep_large=True)
    case = {"pad_token_id": models.pad_id(spec), "inputs": listed(one)}
    if kind in WEIGHTS:
        case["weighted"] = weighted(kind, model, one)
    case["loss"] = {"f32": backward(model, one)}
    store.json(f"{kind}/case.json", case)
    store.tensors(f"{kind}/grads", {name: p.grad for name, p in model.named_parameters()}, keep_large=False)
    store.json(f"{kind}/batches.json", [listed(batch) for batch in made])
    write_adapter(kind, spec, store, one, made)


def write_adapter(kind: str, spec: dict, store, one: dict, made: list[dict]) -> None:
    """PEFT saves the head with the adapter."""
    lora, name = spec["loras"][0], f"{kind}/{spec['loras'][0]['name']}"
    model = models.adapted(lambda: fresh(kind, spec, store), lora, KINDS[kind][1], spec["seed"] + 84)
    models.fill_adapter(model, spec["seed"] + 85, head_too=True)
    save_adapter(model, store, name)
    store.tensors(f"{name}/fwd", {"batch.logits": logits_of(model, one)}, keep_large=True)
    loss = backward(model, one)
    store.tensors(f"{name}/grads", gradients(model), keep_large=True)
    info = {"setting": lora, "counts": counts(model), "adapter_keys": saved_shapes(store, name)}
    store.json(f"{name}/info.json", info | {"loss": {"f32": loss}})
    model.zero_grad(set_to_none=True)
    write_run(spec, store, f"{name}/traj_wd0.01", model, made, 0.01)


def prompted(spec: dict, pairs: list[tuple[list, list]], longest: int) -> dict:
    """Prompt, completion, end; what is to be learnt is the completion and its end."""
    end, rows, labels = models.pad_id(spec), [], []
    for prompt, completion in pairs:
        rows.append((prompt + completion + [end])[:longest])
        labels.append(([IGNORED] * len(prompt) + completion + [end])[:longest])
    width = max(map(len, rows))

    def padded(lists, fill):
        return torch.tensor([one + [fill] * (width - len(one)) for one in lists])

    mask = padded([[1] * len(row) for row in rows], 0)
    return {"input_ids": padded(rows, end), "attention_mask": mask, "labels": padded(labels, IGNORED)}


def write_prompts(spec: dict, store) -> None:
    draw, words = models.generator(spec["seed"] + 91), spec["vocab"] - 1

    def ids(least: int, most: int) -> list[int]:
        count = torch.randint(least, most + 1, (1,), generator=draw).item()
        return torch.randint(0, words, (count,), generator=draw).tolist()

    longest = spec["train_seq"] + 4
    pairs = [[(ids(2, 9), ids(1, 14)) for _ in range(spec["train_batch"])] for _ in range(spec["steps"])]
    made = [prompted(spec, some, longest) for some in pairs]
    model, lora = models.language_model(store), spec["loras"][0]
    case = {"pad_token_id": models.pad_id(spec), "max_length": longest, "pairs": pairs[0], "inputs": as_lists(made[:1])[0]}
    store.json("prompt/case.json", case | {"loss": {"f32": backward(model, made[0])}})
    store.tensors("prompt/grads", {name: p.grad for name, p in model.named_parameters()}, keep_large=False)
    store.json("prompt/batches.json", as_lists(made))
    model = models.adapted(lambda: models.language_model(store), lora, TaskType.CAUSAL_LM, spec["seed"] + 92)
    name = f"prompt/{lora['name']}"
    save_adapter(model, store, name)
    info = {"setting": lora, "counts": counts(model), "adapter_keys": saved_shapes(store, name)}
    store.json(f"{name}/info.json", info)
    write_run(spec, store, f"{name}/traj_wd0.01", model, made, 0.01)


def write(spec: dict, store) -> None:
    for kind in KINDS:
        write_kind(kind, spec, store)
    write_prompts(spec, store)
