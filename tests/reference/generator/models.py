"""The models: made from seeds, loaded back, adapted, frozen."""

import torch
from peft import LoraConfig, TaskType, get_peft_model
from transformers import GPT2Config, GPT2ForSequenceClassification, GPT2LMHeadModel


def generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def pad_id(spec: dict) -> int:
    return spec["vocab"] - 1


def config(spec: dict, **more) -> GPT2Config:
    end = pad_id(spec)
    return GPT2Config(
        vocab_size=spec["vocab"],
        n_positions=spec["n_positions"],
        n_embd=spec["n_embd"],
        n_layer=spec["n_layer"],
        n_head=spec["n_head"],
        initializer_range=spec["init_range"],
        resid_pdrop=0.0,
        embd_pdrop=0.0,
        attn_pdrop=0.0,
        bos_token_id=end,
        eos_token_id=end,
        attn_implementation="eager",
        **more,
    )


@torch.no_grad()
def new_language_model(spec: dict) -> GPT2LMHeadModel:
    """Biases and layer norms get values of their own, so that leaving one out would show."""
    torch.manual_seed(spec["seed"])
    model = GPT2LMHeadModel(config(spec))
    noise = generator(spec["seed"] + 1)
    for name, parameter in model.named_parameters():
        is_bias, is_gain = name.endswith("bias"), ".ln_" in name and name.endswith("weight")
        if is_bias or is_gain:
            parameter.copy_(torch.randn(parameter.shape, generator=noise) * 0.1 + (1 if is_gain else 0))
    return model


def language_model(store) -> GPT2LMHeadModel:
    model = GPT2LMHeadModel.from_pretrained(
        store.folder / "model", attn_implementation="eager", torch_dtype=torch.float32
    )
    return _named(model, "model")


@torch.no_grad()
def new_classifier(spec: dict, store) -> GPT2ForSequenceClassification:
    """The language model's transformer under a head of its own."""
    settings = config(spec, num_labels=2, pad_token_id=pad_id(spec))
    torch.manual_seed(spec["seed"] + 31)
    model = GPT2ForSequenceClassification(settings)
    model.transformer.load_state_dict(language_model(store).transformer.state_dict())
    head = torch.randn(model.score.weight.shape, generator=generator(spec["seed"] + 32))
    model.score.weight.copy_(head * 0.3)
    return _named(model, "cls/model")


def classifier(spec: dict, store) -> GPT2ForSequenceClassification:
    if not spec.get("cls_full_model", True):
        return new_classifier(spec, store)
    path = store.folder / "cls/model"
    return _named(GPT2ForSequenceClassification.from_pretrained(path, attn_implementation="eager"), "cls/model")


def _named(model, name: str):
    """What an adapter's configuration says it was made for; a path of this machine would not do."""
    model.name_or_path = model.config._name_or_path = name
    return model.eval()


# What LoraConfig says of single modules.
PATTERNS = ("exclude_modules", "layers_to_transform", "rank_pattern", "alpha_pattern")


def adapted(model_of, lora: dict, task: TaskType, seed: int):
    """PEFT's LoRA on a model that is made after the seed is set, since both draw from it."""
    torch.manual_seed(seed)
    settings = LoraConfig(
        task_type=task,
        r=lora["r"],
        lora_alpha=lora["alpha"],
        lora_dropout=0.0,
        target_modules=lora["targets"],
        fan_in_fan_out=True,
        use_rslora=lora.get("rslora", False),
        **{field: lora[field] for field in PATTERNS if field in lora},
    )
    return get_peft_model(model_of(), settings).eval()


@torch.no_grad()
def fill_adapter(model, seed: int, head_too: bool = False) -> None:
    """Gives B values, since PEFT's zeros would hide A."""
    noise = generator(seed)
    for name, parameter in model.named_parameters():
        if "lora_B" in name:
            parameter.copy_(torch.randn(parameter.shape, generator=noise) * 0.1)
        elif head_too and parameter.requires_grad and "modules_to_save" in name:
            parameter.add_(torch.randn(parameter.shape, generator=noise) * 0.1)


def freeze_lower_half(model):
    """The embeddings, and with them the tied head, and the first half of the blocks."""
    blocks = model.transformer.h
    for part in (model.transformer.wte, model.transformer.wpe, *blocks[: len(blocks) // 2]):
        part.requires_grad_(False)
    return model


def freeze_all_but_biases(model):
    for name, parameter in model.named_parameters():
        parameter.requires_grad_(name.endswith(".bias"))
    return model


def freeze_all_but_the_head(model):
    model.requires_grad_(False)
    model.score.requires_grad_(True)
    return model


def file_name(parameter: str) -> str:
    """The name under which PEFT saves a parameter of the model it wraps."""
    return parameter.replace(".modules_to_save.default", "").replace(".default", "")


def trained(model) -> dict:
    return {file_name(n): p for n, p in model.named_parameters() if p.requires_grad}
