"""Attention of one text with the causal mask and without it, whichever of the two the model was made for."""

import torch
from transformers import BertConfig, BertModel, GPT2Model

LENGTH = 9


def causal_and_open(folder):
    """The model twice: tokens look only back; tokens look everywhere."""
    if BertConfig.from_pretrained(folder).model_type == "bert":
        load = lambda **more: BertModel.from_pretrained(
            folder, attn_implementation="eager", add_pooling_layer=False, **more
        )
        return load(is_decoder=True), load()
    load = lambda: GPT2Model.from_pretrained(folder, attn_implementation="eager")
    blind, seeing = load(), load()
    for block in seeing.h:
        block.attn.bias.fill_(True)
    return blind, seeing


@torch.no_grad()
def write(store) -> None:
    folder = store.folder / "model"
    causal, open_ = (model.eval() for model in causal_and_open(folder))
    ids = [(7 * i * i + 3 * i + 5) % (causal.config.vocab_size - 4) for i in range(LENGTH)]
    tokens = torch.tensor([ids])
    # A mask of four axes is taken as it is: nothing is added for the future here.
    everything = torch.zeros(1, 1, LENGTH, LENGTH)
    is_gpt2 = causal.config.model_type == "gpt2"
    found = {
        "causal": causal(tokens, output_attentions=True).attentions,
        "open": open_(
            tokens, attention_mask=everything if is_gpt2 else None, output_attentions=True
        ).attentions,
    }
    for name, layers in found.items():
        ahead = torch.stack([layer.triu(1).sum() for layer in layers]).sum().item()
        assert (ahead == 0.0) == (name == "causal"), (name, ahead)
    store.json("masks/input.json", {"input_ids": ids})
    store.tensors("masks/attention", {name: torch.cat(layers) for name, layers in found.items()})
