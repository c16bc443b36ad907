# Fine-tuning with the settings of a Warmup page: full (Full: everything trains), seed 7.
#
#   pip install torch transformers accelerate
#   python finetune.py [MODEL] [DATA]
#
# On several GPUs: accelerate launch finetune.py [MODEL] [DATA]; each then has a batch of its own,
# so divide per_device_train_batch_size by their number.
#
# MODEL is a folder with config.json, model.safetensors and tokenizer.json, or a name on the
# Hugging Face hub; DATA is a CSV with the columns text, label and split
# (train, validation, test).
#
# The settings are the same, the random numbers are not: torch draws and shuffles differently,
# so the score comes out near the page's, not equal to it.
import csv
import sys

from transformers import (
    AutoModelForSequenceClassification, AutoTokenizer, DataCollatorWithPadding, Trainer,
    TrainingArguments, set_seed)

model_name = sys.argv[1] if len(sys.argv) > 1 else "models/nano"
data_file = sys.argv[2] if len(sys.argv) > 2 else "data/reviews.csv"
set_seed(7)

tokenizer = AutoTokenizer.from_pretrained(model_name)
tokenizer.pad_token = tokenizer.eos_token  # GPT-2 has no token for padding
length = 128

with open(data_file, encoding="utf-8", newline="") as file:
    rows = list(csv.DictReader(file))
labels = sorted({row["label"] for row in rows})


def rows_of(split):
    return [row for row in rows if row["split"] == split]


validation, test = rows_of("validation"), rows_of("test")
train = rows_of("train")


def examples(rows):
    texts = [row["text"] for row in rows]
    ids = tokenizer(texts, truncation=True, max_length=length)["input_ids"]
    answers = [labels.index(row["label"]) for row in rows]
    return [{"input_ids": i, "labels": a} for i, a in zip(ids, answers)]


model = AutoModelForSequenceClassification.from_pretrained(
    model_name, num_labels=len(labels),
    attn_pdrop=0, embd_pdrop=0, resid_pdrop=0)  # the page trains without the base's own dropout
model.config.pad_token_id = tokenizer.pad_token_id  # or the head reads padding
# Full: nothing is frozen.
trainable = sum(p.numel() for p in model.parameters() if p.requires_grad)
print(f"{trainable:,} of {sum(p.numel() for p in model.parameters()):,} parameters train")

arguments = TrainingArguments(
    output_dir="tuned",
    max_steps=60,
    per_device_train_batch_size=16,
    gradient_accumulation_steps=1,
    learning_rate=3e-4,
    lr_scheduler_type="linear",
    warmup_steps=6,
    weight_decay=0.01,
    max_grad_norm=1,
    adam_beta1=0.9,
    adam_beta2=0.999,
    adam_epsilon=1e-8,
    seed=7,
    logging_steps=20,
    save_strategy="no",
    report_to="none",
)


def metrics(answer):
    right = answer.predictions.argmax(-1) == answer.label_ids
    return {"accuracy": float(right.mean())}


trainer = Trainer(
    model=model, args=arguments, processing_class=tokenizer,
    data_collator=DataCollatorWithPadding(tokenizer),
    train_dataset=examples(train), eval_dataset=examples(validation),
    compute_metrics=metrics,
)
trainer.model_accepts_loss_kwargs = False  # the mean of each batch, then of the batches of a step
print("before:", trainer.evaluate(examples(test)))
trainer.train()
print("after:", trainer.evaluate(examples(test)))
trainer.save_model("tuned")
