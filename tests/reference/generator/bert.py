"""BERT: hidden words, labels of texts, an adapter on queries and values; forward passes, gradients, runs."""

import copy

import torch
from peft import LoraConfig, TaskType, get_peft_model
from transformers import BertConfig, BertForMaskedLM, BertForSequenceClassification

from .adapters import counts, gradients, save_adapter, saved_shapes
from .language import IGNORED, gradient_norm, loss_with_gradients
from .models import generator
from .training import as_lists, write_run

LABELS = 3
MARKS = 4  # the last ids: [CLS] [SEP] [MASK] [PAD]


def config(spec: dict, **more) -> BertConfig:
    return BertConfig(
        vocab_size=spec["vocab"],
        max_position_embeddings=spec["n_positions"],
        hidden_size=spec["n_embd"],
        num_hidden_layers=spec["n_layer"],
        num_attention_heads=spec["n_head"],
        intermediate_size=spec["inner"],
        initializer_range=spec["init_range"],
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        pad_token_id=spec["vocab"] - 1,
        attn_implementation="eager",
        **more,
    )


@torch.no_grad()
def save_models(spec: dict, store) -> None:
    """Biases and layer norms get values of their own, so that leaving one out would show."""
    noise = generator(spec["seed"] + 1)
    for kind, folder, more in (
        (BertForMaskedLM, "model", {}),
        (BertForSequenceClassification, "cls/model", {"num_labels": LABELS}),
    ):
        torch.manual_seed(spec["seed"])
        model = kind(config(spec, **more))
        for name, parameter in model.named_parameters():
            is_gain = name.endswith("LayerNorm.weight")
            if name.endswith("bias") or is_gain:
                parameter.copy_(torch.randn(parameter.shape, generator=noise) * 0.1 + (1 if is_gain else 0))
        model.save_pretrained(store.folder / folder)


def load(kind, store, folder: str):
    model = kind.from_pretrained(store.folder / folder, attn_implementation="eager")
    model.name_or_path = model.config._name_or_path = folder
    return model.eval()


def make_inputs(spec: dict) -> dict:
    """`single` fills the positions; `batch` is padded; `pairs` are two texts a row."""
    words, width, rows = spec["vocab"] - MARKS, spec["seq"], spec["batch"]
    draw = generator(spec["seed"] + 11)
    single = torch.randint(0, words, (1, spec["n_positions"]), generator=draw)
    ids = torch.randint(0, words, (rows, width), generator=draw)
    lengths = torch.tensor([width] + [max(2, width - 3 * row) for row in range(1, rows)])
    mask = (torch.arange(width) < lengths[:, None]).long()
    ids[mask == 0] = spec["vocab"] - 1
    pairs = torch.randint(0, words, (2, width), generator=draw)
    types = (torch.arange(width) >= torch.tensor([[3], [width // 2]])).long()
    return {
        "single": {"input_ids": single},
        "batch": {"input_ids": ids, "attention_mask": mask},
        "pairs": {"input_ids": pairs, "token_type_ids": types},
    }


def hidden_words(spec: dict, batch: dict, draw: torch.Generator) -> torch.Tensor:
    """Labels at every third word or so, which becomes [MASK]; never at padding."""
    ids = batch["input_ids"]
    chosen = (torch.rand(ids.shape, generator=draw) < 0.3) & (batch["attention_mask"] == 1)
    chosen[:, 1] = True
    labels = ids.masked_fill(~chosen, IGNORED)
    ids[chosen] = spec["vocab"] - 2
    return labels


def make_batches(spec: dict, seed: int, for_classifier: bool) -> list[dict]:
    """Words that repeat every other place; every second row is padded."""
    draw, shape = generator(seed), (spec["train_batch"], spec["seq"])
    made = []
    for _ in range(spec["steps"]):
        ids = torch.randint(0, spec["vocab"] - MARKS, shape, generator=draw)
        ids[:, 2::2] = ids[:, :1]
        mask = torch.ones_like(ids)
        for row in range(1, shape[0], 2):
            length = torch.randint(shape[1] // 2, shape[1], (1,), generator=draw).item()
            mask[row, length:], ids[row, length:] = 0, spec["vocab"] - 1
        batch = {"input_ids": ids, "attention_mask": mask}
        labels = ids[:, 0] % LABELS if for_classifier else hidden_words(spec, batch, draw)
        made.append(batch | {"labels": labels})
    return made


def write_cases(name: str, fresh, inputs: dict, labels: torch.Tensor, store) -> None:
    model = fresh()
    with torch.no_grad():
        logits = {f"{tag}.logits": model(**batch).logits for tag, batch in inputs.items()}
    store.tensors(f"{name}/fwd", logits, keep_large=True)
    loss = loss_with_gradients(model, inputs["batch"], labels).loss.item()
    store.tensors(f"{name}/grads", {n: p.grad for n, p in model.named_parameters() if p.grad is not None})
    store.json(f"{name}/cases.json", {
        "labels_batch": labels.tolist(),
        "loss": {"f32": {"loss": loss, "grad_norm": gradient_norm(model)}},
        "inputs": {tag: {k: v.tolist() for k, v in batch.items()} for tag, batch in inputs.items()},
    })


def trains_only(model, trains):
    for name, parameter in model.named_parameters():
        parameter.requires_grad_(trains(name))
    return model


def upper_half(spec: dict):
    """What partial fine-tuning trains: the upper layers, the pooler, the head."""
    upper = tuple(f"bert.encoder.layer.{i}." for i in range(spec["n_layer"] // 2, spec["n_layer"]))
    return lambda name: name.startswith((*upper, "bert.pooler.", "classifier."))


def write_masked(spec: dict, store, inputs: dict) -> None:
    def fresh():
        return load(BertForMaskedLM, store, "model")

    inputs = copy.deepcopy(inputs)
    labels = hidden_words(spec, inputs["batch"], generator(spec["seed"] + 12))
    write_cases("mlm", fresh, inputs, labels, store)
    made = make_batches(spec, spec["seed"] + 21, for_classifier=False)
    store.json("mlm/batches.json", as_lists(made))
    write_run(spec, store, "mlm/traj_full_wd0.01_trainer", fresh(), made, 0.01, like_trainer=True)


def write_classifier(spec: dict, store, inputs: dict) -> None:
    def fresh():
        return load(BertForSequenceClassification, store, "cls/model")

    labels = torch.arange(spec["batch"]) % LABELS
    write_cases("cls", fresh, inputs, labels, store)
    made = make_batches(spec, spec["seed"] + 41, for_classifier=True)
    store.json("cls/batches.json", as_lists(made))
    partial = trains_only(fresh(), upper_half(spec))
    head = trains_only(fresh(), lambda name: name.startswith("classifier."))
    biases = trains_only(fresh(), lambda name: name.endswith(".bias") or name.startswith("classifier."))
    write_run(spec, store, "cls/traj_full_wd0.01_trainer", fresh(), made, 0.01, like_trainer=True, finals=False)
    write_run(spec, store, "cls/traj_partial_wd0", partial, made)
    write_run(spec, store, "cls/traj_head_wd0", head, made)
    write_run(spec, store, "cls/traj_bitfit_wd0", biases, made)
    for lora in spec["loras"]:
        write_adapter(lora, spec, store, fresh, inputs["batch"], labels, made)


def adapted(lora: dict, spec: dict, fresh):
    """PEFT's LoRA with values in B, since its zeros would hide A, and the head moved off its start."""
    seed = spec["seed"] + 51
    torch.manual_seed(seed)
    model = get_peft_model(fresh(), LoraConfig(
        task_type=TaskType.SEQ_CLS, r=lora["r"], lora_alpha=lora["alpha"], target_modules=list(lora["targets"]),
    )).eval()
    noise = generator(seed + 1)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if parameter.requires_grad and ("lora_B" in name or "classifier" in name):
                parameter.add_(torch.randn(parameter.shape, generator=noise) * 0.1)
    return model


def write_adapter(lora: dict, spec: dict, store, fresh, batch: dict, labels: torch.Tensor, made: list[dict]) -> None:
    name = f"cls/{lora['name']}"
    model = adapted(lora, spec, fresh)
    save_adapter(model, store, name)
    merged = copy.deepcopy(model).merge_and_unload()
    with torch.no_grad():
        logits = {"batch.logits": model(**batch).logits, "batch.logits_merged": merged(**batch).logits}
    store.tensors(f"{name}/fwd", logits, keep_large=True)
    loss = loss_with_gradients(model, batch, labels).loss.item()
    store.tensors(f"{name}/grads", gradients(model), keep_large=True)
    store.json(f"{name}/info.json", {
        "setting": lora,
        "scaling": lora["alpha"] / lora["r"],
        "counts": counts(model),
        "loss": {"f32": {"loss": loss, "grad_norm": gradient_norm(model)}},
        "adapter_keys": saved_shapes(store, name),
    })
    write_run(spec, store, f"{name}/traj_wd0", adapted(lora, spec, fresh), made)


def write(spec: dict, store) -> None:
    save_models(spec, store)
    inputs = make_inputs(spec)
    write_masked(spec, store, inputs)
    write_classifier(spec, store, inputs)
