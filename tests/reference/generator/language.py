"""The language model: forward passes seen from inside, one loss, all gradients."""

import torch
from torch.nn.functional import cross_entropy

from .models import generator, language_model, pad_id

IGNORED = -100


def make_inputs(spec: dict) -> dict:
    """`single` fills the context; `batch` is padded on the right; `left` on the left, with positions."""
    words, width, rows, pad = spec["vocab"] - 1, spec["seq"], spec["batch"], pad_id(spec)
    draw = generator(spec["seed"] + 11)
    single = torch.randint(0, words, (1, spec["n_positions"]), generator=draw)
    ids = torch.randint(0, words, (rows, width), generator=draw)
    lengths = torch.tensor([width] + [max(2, width - 5 * row) for row in range(1, rows)])
    mask = (torch.arange(width) < lengths[:, None]).long()
    ids[mask == 0] = pad
    left = torch.randint(0, words, (2, width), generator=draw)
    left_mask = torch.ones_like(left)
    left[1, :4], left_mask[1, :4] = pad, 0
    positions = left_mask.cumsum(1) - 1
    positions[left_mask == 0] = 1
    return {
        "single": {"input_ids": single},
        "batch": {"input_ids": ids, "attention_mask": mask},
        "left": {"input_ids": left, "attention_mask": left_mask, "position_ids": positions},
    }


def make_labels(batch: dict) -> torch.Tensor:
    """Neither padding, nor the first row's prompt, nor two holes in the second row are to be predicted."""
    labels = batch["input_ids"].masked_fill(batch["attention_mask"] == 0, IGNORED)
    labels[0, :4] = IGNORED
    labels[1, [3, 5]] = IGNORED
    return labels


@torch.no_grad()
def forward(model, tag: str, batch: dict, inside: bool) -> dict:
    """Blocks are caught by hooks: the library itself gives the last one only after `ln_f`."""
    caught = []
    hooks = [
        block.register_forward_hook(lambda _m, _i, out: caught.append(out[0] if isinstance(out, tuple) else out))
        for block in model.transformer.h
    ]
    out = model(**batch, output_hidden_states=True, output_attentions=True, use_cache=False)
    for hook in hooks:
        hook.remove()
    tensors = {"logits": out.logits}
    if inside:
        tensors["hidden.embed"], tensors["hidden.ln_f"] = out.hidden_states[0], out.hidden_states[-1]
        tensors |= {f"hidden.block{i}": hidden for i, hidden in enumerate(caught)}
        tensors |= {f"attn.{i}": attention for i, attention in enumerate(out.attentions)}
    return {f"{tag}.{name}": tensor for name, tensor in tensors.items()}


def without_cache(model) -> dict:
    """An encoder has no cache to leave out."""
    return {} if model.config.model_type == "bert" else {"use_cache": False}


def loss_with_gradients(model, batch: dict, labels: torch.Tensor):
    """The output of one backward pass, the gradients left on the model."""
    model.train()
    model.zero_grad(set_to_none=True)
    out = model(**batch, labels=labels, **without_cache(model))
    out.loss.backward()
    model.eval()
    return out


def gradient_norm(model) -> float:
    return torch.nn.utils.get_total_norm([p.grad for p in model.parameters() if p.grad is not None]).item()


def write(spec: dict, store) -> dict:
    model, inputs = language_model(store), make_inputs(spec)
    labels = make_labels(inputs["batch"])
    for tag, batch in inputs.items():
        store.tensors(f"lm/{tag}", forward(model, tag, batch, inside=tag == "batch"), keep_large=True)
    out = loss_with_gradients(model, inputs["batch"], labels)
    targets = labels[:, 1:]
    each = cross_entropy(out.logits[:, :-1].transpose(1, 2), targets, ignore_index=IGNORED, reduction="none")
    figures = {
        "loss": out.loss.item(),
        "per_token": each.tolist(),
        "n_predicted": (targets != IGNORED).sum().item(),
        "grad_norm": gradient_norm(model),
    }
    store.json("lm/loss.json", {"f32": figures})
    store.tensors("lm/grads", {name: p.grad for name, p in model.named_parameters()})
    lists = {tag: {key: value.tolist() for key, value in batch.items()} for tag, batch in inputs.items()}
    store.json("lm/inputs.json", lists | {"labels_batch": labels.tolist()})
    return inputs | {"labels": labels}
