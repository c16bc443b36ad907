"""transformers.Trainer itself, on the batches of the runs that were stepped by hand."""

import contextlib
import io
import tempfile

import torch
from peft import TaskType
from transformers import Trainer, TrainingArguments

from . import models
from .language import IGNORED
from .training import batches


class OneBatchAStep(Trainer):
    """Takes ready-made batches in their order and keeps the loss of each unrounded."""

    def __init__(self, made: list[dict], **more):
        super().__init__(train_dataset=made, **more)
        self.made, self.losses = made, []

    def get_train_dataloader(self):
        return torch.utils.data.DataLoader(self.made, batch_size=None, shuffle=False)

    def training_step(self, *args, **more):
        loss = super().training_step(*args, **more)
        self.losses.append(loss.item())
        return loss


def run(model, made: list[dict], spec: dict, decay: float, accumulated: int = 1) -> dict:
    with tempfile.TemporaryDirectory() as scratch, contextlib.redirect_stdout(io.StringIO()):
        settings = TrainingArguments(
            output_dir=scratch,
            max_steps=spec["steps"] // accumulated,
            gradient_accumulation_steps=accumulated,
            per_device_train_batch_size=spec["train_batch"],
            learning_rate=spec["lr"],
            lr_scheduler_type="linear",
            warmup_steps=spec["warmup"],
            weight_decay=decay,
            max_grad_norm=1.0,
            optim="adamw_torch",
            logging_steps=1,
            save_strategy="no",
            report_to=[],
            use_cpu=True,
            disable_tqdm=True,
            remove_unused_columns=False,
        )
        trainer = OneBatchAStep(made, model=model, args=settings)
        trainer.train()
    steps = [entry for entry in trainer.state.log_history if "grad_norm" in entry]
    decays, spared = trainer.optimizer.param_groups
    return {
        "losses": [sum(trainer.losses[i : i + accumulated]) for i in range(0, len(made), accumulated)],
        "lrs": [entry["learning_rate"] for entry in steps],
        "grad_norms": [entry["grad_norm"] for entry in steps],
        "n_decay": len(decays["params"]),
        "n_nodecay": len(spared["params"]),
    }


def write(spec: dict, store, made: list[dict]) -> None:
    """Trainer divides the causal-LM loss by a count that includes the labels at place 0, which nothing
    predicts; with those ignored it does what the hand-stepped run did."""

    def full():
        return models.language_model(store)

    without_first = []
    for batch in made:
        labels = batch["labels"].clone()
        labels[:, 0] = IGNORED
        without_first.append(batch | {"labels": labels})
    name, seed = spec["loras"][0]["name"], spec["seed"] + 71
    adapted = models.adapted(full, spec["loras"][0], TaskType.CAUSAL_LM, seed)
    models.fill_adapter(adapted, seed + 5)
    for_classifier = batches(spec, spec["seed"] + 41, for_classifier=True)
    classifier = models.freeze_lower_half(models.classifier(spec, store))
    accumulated_classifier = models.freeze_lower_half(models.classifier(spec, store))
    store.json("hf_trainer.json", {
        "full_wd0": run(full(), made, spec, 0.0),
        "full_wd0_01": run(full(), made, spec, 0.01),
        "full_wd0_label0_ignored": run(full(), without_first, spec, 0.0),
        "partial_wd0_01": run(models.freeze_lower_half(full()), made, spec, 0.01),
        f"{name}_wd0_01": run(adapted, made, spec, 0.01),
        "cls_partial_wd0": run(classifier, for_classifier, spec, 0.0),
        "full_wd0_01_accumulated_2": run(full(), made, spec, 0.01, accumulated=2),
        "cls_partial_wd0_accumulated_2": run(accumulated_classifier, for_classifier, spec, 0.0, accumulated=2),
    })
