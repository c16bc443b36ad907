# Fine-tuning with the settings of a Warmup page: bitfit (BitFit: biases only), seed 7.
#
#   pip install torch transformers accelerate
#   python finetune.py [MODEL] [DATA]
#
# On several GPUs: accelerate launch finetune.py [MODEL] [DATA]; each then has a batch of its own,
# so divide per_device_train_batch_size by their number.
#
# MODEL is a folder with config.json, model.safetensors and tokenizer.json, or a name on the
# Hugging Face hub; DATA is lines of JSON with question, context, answers
# (text, answer_start) and split (train, validation, test).
#
# The settings are the same, the random numbers are not: torch draws and shuffles differently,
# so the score comes out near the page's, not equal to it.
import json
import re
import string
import sys

from transformers import (
    AutoModelForQuestionAnswering, AutoTokenizer, DataCollatorWithPadding, Trainer,
    TrainingArguments, set_seed)

model_name = sys.argv[1] if len(sys.argv) > 1 else "models/mini-bert"
data_file = sys.argv[2] if len(sys.argv) > 2 else "data/qa.jsonl"
set_seed(7)

tokenizer = AutoTokenizer.from_pretrained(model_name)
# A BERT's tokenizer puts [CLS] before each text and [SEP] behind it.
length = 128

with open(data_file, encoding="utf-8") as file:
    rows = [json.loads(line) for line in file if line.strip()]


def rows_of(split):
    return [row for row in rows if row["split"] == split]


validation, test = rows_of("validation"), rows_of("test")
train = rows_of("train")


def examples(rows):
    """Windows over each text, each with its question; and where their tokens stand in it."""
    found, places, shared = [], [], length // 3
    for number, row in enumerate(rows):
        question = tokenizer(row["question"], add_special_tokens=False)["input_ids"]
        head, tail = [tokenizer.cls_token_id] + question + [tokenizer.sep_token_id], [tokenizer.sep_token_id]
        text = tokenizer(row["context"], add_special_tokens=False, return_offsets_mapping=True)
        ids, offsets = text["input_ids"], text["offset_mapping"]
        begins = row["answers"]["answer_start"][0]
        ends = begins + len(row["answers"]["text"][0])
        at, room = 0, length - len(head) - len(tail)
        while room > shared:
            stop = min(at + room, len(ids))
            place, first, last = offsets[at:stop], 0, 0
            if place[0][0] <= begins and place[-1][1] >= ends:
                first = len(head) + max(i for i, (b, _) in enumerate(place) if b <= begins)
                last = len(head) + min(i for i, (_, e) in enumerate(place) if e >= ends)
            found.append({
                "input_ids": head + ids[at:stop] + tail,
                "token_type_ids": [0] * len(head) + [1] * (stop - at + 1),
                "start_positions": first, "end_positions": last})
            places.append((number, len(head), place))
            if stop == len(ids):
                break
            at += room - shared
    return found, places


model = AutoModelForQuestionAnswering.from_pretrained(
    model_name,
    hidden_dropout_prob=0, attention_probs_dropout_prob=0)  # the page trains without the base's own dropout
for name, parameter in model.named_parameters():
    parameter.requires_grad = name.endswith(".bias") or name.startswith("qa_outputs.")
trainable = sum(p.numel() for p in model.parameters() if p.requires_grad)
print(f"{trainable:,} of {sum(p.numel() for p in model.parameters()):,} parameters train")

arguments = TrainingArguments(
    output_dir="tuned",
    max_steps=60,
    per_device_train_batch_size=16,
    gradient_accumulation_steps=1,
    learning_rate=3e-3,
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


def plain(text):
    text = "".join(c for c in text.lower() if c not in string.punctuation)
    return re.sub(r"\b(a|an|the)\b", " ", text).split()


def f1(given, true):
    given, true = plain(given), plain(true)
    common = sum(min(given.count(word), true.count(word)) for word in set(given))
    return 2 * common / max(1, len(given) + len(true)) if given or true else 1.0


def score(rows):
    """Exact match and F1: of all windows of a text, the span with the highest sum answers."""
    windows, places = examples(rows)
    starts, ends = trainer.predict(windows).predictions
    best = {}
    for (number, head, place), start, end in zip(places, starts, ends):
        for i in range(len(place)):
            for j in range(i, min(i + 30, len(place))):
                worth = start[head + i] + end[head + j]
                if number not in best or worth > best[number][0]:
                    best[number] = worth, place[i][0], place[j][1]
    exact = f = 0.0
    for number, row in enumerate(rows):
        _, begins, stops = best.get(number, (0, 0, 0))
        given, true = row["context"][begins:stops], row["answers"]["text"]
        exact += max(plain(given) == plain(text) for text in true)
        f += max(f1(given, text) for text in true)
    return {"exact_match": exact / len(rows), "f1": f / len(rows)}


trainer = Trainer(
    model=model, args=arguments, processing_class=tokenizer,
    data_collator=DataCollatorWithPadding(tokenizer),
    train_dataset=examples(train)[0], eval_dataset=examples(validation)[0],
)
trainer.model_accepts_loss_kwargs = False  # the mean of each batch, then of the batches of a step
print("before:", score(test))
trainer.train()
print("after:", score(test))
trainer.save_model("tuned")
