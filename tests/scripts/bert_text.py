# Fine-tuning with the settings of a Warmup page: ia3 (IA³: learned factors), seed 7.
#
#   pip install torch transformers accelerate peft
#   python finetune.py [MODEL] [DATA]
#
# On several GPUs: accelerate launch finetune.py [MODEL] [DATA]; each then has a batch of its own,
# so divide per_device_train_batch_size by their number.
#
# MODEL is a folder with config.json, model.safetensors and tokenizer.json, or a name on the
# Hugging Face hub; DATA is a file of plain text, a paragraph a line.
#
# The settings are the same, the random numbers are not: torch draws and shuffles differently,
# so the score comes out near the page's, not equal to it.
import math
import sys

from peft import IA3Config, get_peft_model
from transformers import (
    AutoModelForMaskedLM, AutoTokenizer, DataCollatorForLanguageModeling, Trainer,
    TrainingArguments, set_seed)

model_name = sys.argv[1] if len(sys.argv) > 1 else "models/mini-bert"
data_file = sys.argv[2] if len(sys.argv) > 2 else "data/beekeeping.txt"
set_seed(7)

tokenizer = AutoTokenizer.from_pretrained(model_name)
# A BERT's tokenizer puts [CLS] before each text and [SEP] behind it.
length = 128

with open(data_file, encoding="utf-8") as file:
    lines = [line.rstrip() for line in file if line.strip()]
ids = [i for line in lines
       for i in tokenizer(line + "\n", add_special_tokens=False)["input_ids"]]


def windows(ids):
    room = length - 2
    cut = [ids[i:i + room] for i in range(0, len(ids) - room + 1, room)] or [ids]
    return [[tokenizer.cls_token_id] + window + [tokenizer.sep_token_id] for window in cut]


tenth = len(ids) // 10
ids, test = ids[:-tenth], windows(ids[-tenth:])
tenth = len(ids) // 10
validation = windows(ids[-tenth:])
train = windows(ids[:-tenth])


def examples(windows):
    return [{"input_ids": ids} for ids in windows]


model = AutoModelForMaskedLM.from_pretrained(
    model_name,
    hidden_dropout_prob=0, attention_probs_dropout_prob=0)  # the page trains without the base's own dropout
model = get_peft_model(model, IA3Config(
    task_type="FEATURE_EXTRACTION",
    target_modules=["key", "value", "output.dense"],
    feedforward_modules=["output.dense"],
))
trainable = sum(p.numel() for p in model.parameters() if p.requires_grad)
print(f"{trainable:,} of {sum(p.numel() for p in model.parameters()):,} parameters train")

arguments = TrainingArguments(
    output_dir="tuned",
    max_steps=60,
    per_device_train_batch_size=16,
    gradient_accumulation_steps=1,
    learning_rate=0.01,
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


trainer = Trainer(
    model=model, args=arguments, processing_class=tokenizer,
    data_collator=DataCollatorForLanguageModeling(tokenizer),
    train_dataset=examples(train), eval_dataset=examples(validation),
)
trainer.model_accepts_loss_kwargs = False  # the mean of each batch, then of the batches of a step
print("before: perplexity", math.exp(trainer.evaluate(examples(test))["eval_loss"]))
trainer.train()
print("after: perplexity", math.exp(trainer.evaluate(examples(test))["eval_loss"]))
trainer.save_model("tuned")
