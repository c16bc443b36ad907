# Fine-tuning with the settings of a Warmup page: partial (Partial: first blocks frozen), seed 7.
#
#   pip install torch transformers accelerate
#   python finetune.py [MODEL] [DATA]
#
# On several GPUs: accelerate launch finetune.py [MODEL] [DATA]; each then has a batch of its own,
# so divide per_device_train_batch_size by their number.
#
# MODEL is a folder with config.json, model.safetensors and tokenizer.json, or a name on the
# Hugging Face hub; DATA is lines of JSON with tokens, ner_tags and split
# (train, validation, test).
#
# The settings are the same, the random numbers are not: torch draws and shuffles differently,
# so the score comes out near the page's, not equal to it.
import json
import sys

from transformers import (
    AutoModelForTokenClassification, AutoTokenizer, DataCollatorForTokenClassification,
    Trainer, TrainingArguments, set_seed)

model_name = sys.argv[1] if len(sys.argv) > 1 else "models/mini-bert"
data_file = sys.argv[2] if len(sys.argv) > 2 else "data/ner.jsonl"
set_seed(7)

tokenizer = AutoTokenizer.from_pretrained(model_name, add_prefix_space=True)
# A BERT's tokenizer puts [CLS] before each text and [SEP] behind it.
length = 128

with open(data_file, encoding="utf-8") as file:
    rows = [json.loads(line) for line in file if line.strip()]
labels = sorted({tag for row in rows for tag in row["ner_tags"]})


def rows_of(split):
    return [row for row in rows if row["split"] == split]


validation, test = rows_of("validation"), rows_of("test")
train = rows_of("train")


def examples(rows):
    """The first token of a word carries its tag, the others none."""
    found = []
    for row in rows:
        coded = tokenizer(
            row["tokens"], is_split_into_words=True, truncation=True, max_length=length)
        words = coded.word_ids()
        tags = [
            -100 if word is None or word == before else labels.index(row["ner_tags"][word])
            for word, before in zip(words, [None] + words)]
        found.append({"input_ids": coded["input_ids"], "labels": tags})
    return found


model = AutoModelForTokenClassification.from_pretrained(
    model_name, num_labels=len(labels),
    hidden_dropout_prob=0, attention_probs_dropout_prob=0)  # the page trains without the base's own dropout
# Partial: the embeddings and the first 2 blocks are frozen.
frozen = ["bert.embeddings."]
frozen += [f"bert.encoder.layer.{block}." for block in range(2)]
for name, parameter in model.named_parameters():
    parameter.requires_grad = not name.startswith(tuple(frozen))
trainable = sum(p.numel() for p in model.parameters() if p.requires_grad)
print(f"{trainable:,} of {sum(p.numel() for p in model.parameters()):,} parameters train")

arguments = TrainingArguments(
    output_dir="tuned",
    max_steps=60,
    per_device_train_batch_size=16,
    gradient_accumulation_steps=2,
    learning_rate=1e-3,
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


def entities(tags):
    """The entities of a sentence as seqeval counts them: start, end and kind."""
    found, start, kind = set(), None, None
    for place, tag in enumerate(tags + ["O"]):
        goes_on = tag.startswith("I-") and tag[2:] == kind
        if kind is not None and not goes_on:
            found.add((start, place, kind))
            kind = None
        if kind is None and tag != "O":
            start, kind = place, tag[2:]
    return found


def metrics(answer):
    hits = given = true = right = words = 0
    for guesses, truths in zip(answer.predictions.argmax(-1), answer.label_ids):
        pairs = [(labels[g], labels[t]) for g, t in zip(guesses, truths) if t != -100]
        ours, theirs = entities([g for g, _ in pairs]), entities([t for _, t in pairs])
        hits, given, true = hits + len(ours & theirs), given + len(ours), true + len(theirs)
        right, words = right + sum(g == t for g, t in pairs), words + len(pairs)
    return {"entity_f1": 2 * hits / max(1, given + true), "word_accuracy": right / max(1, words)}


trainer = Trainer(
    model=model, args=arguments, processing_class=tokenizer,
    data_collator=DataCollatorForTokenClassification(tokenizer),
    train_dataset=examples(train), eval_dataset=examples(validation),
    compute_metrics=metrics,
)
trainer.model_accepts_loss_kwargs = False  # the mean of each batch, then of the batches of a step
print("before:", trainer.evaluate(examples(test)))
trainer.train()
print("after:", trainer.evaluate(examples(test)))
trainer.save_model("tuned")
