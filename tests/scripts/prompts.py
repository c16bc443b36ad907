# Fine-tuning with the settings of a Warmup page: lora (LoRA), seed 7.
#
#   pip install torch transformers accelerate peft
#   python finetune.py [MODEL] [DATA]
#
# On several GPUs: accelerate launch finetune.py [MODEL] [DATA]; each then has a batch of its own,
# so divide per_device_train_batch_size by their number.
#
# MODEL is a folder with config.json, model.safetensors and tokenizer.json, or a name on the
# Hugging Face hub; DATA is lines of JSON with prompt, completion and split
# (train, validation, test).
#
# The settings are the same, the random numbers are not: torch draws and shuffles differently,
# so the score comes out near the page's, not equal to it.
import json
import math
import sys

from peft import LoraConfig, get_peft_model
from transformers import (
    AutoModelForCausalLM, AutoTokenizer, DataCollatorForTokenClassification, Trainer,
    TrainingArguments, set_seed)

model_name = sys.argv[1] if len(sys.argv) > 1 else "models/nano"
data_file = sys.argv[2] if len(sys.argv) > 2 else "data/instructions.jsonl"
set_seed(7)

tokenizer = AutoTokenizer.from_pretrained(model_name)
tokenizer.pad_token = tokenizer.eos_token  # GPT-2 has no token for padding
length = 128

with open(data_file, encoding="utf-8") as file:
    rows = [json.loads(line) for line in file if line.strip()]


def rows_of(split):
    return [row for row in rows if row["split"] == split]


validation, test = rows_of("validation"), rows_of("test")
train = rows_of("train")


def examples(rows):
    """Only the completion and the end behind it are learnt."""
    found = []
    for row in rows:
        apart = row["prompt"][-1:].isspace() or row["completion"][:1].isspace()
        prompt = tokenizer(row["prompt"])["input_ids"]
        learnt = tokenizer(("" if apart else " ") + row["completion"])["input_ids"]
        learnt = learnt + [tokenizer.eos_token_id]
        if len(prompt) < length:
            found.append({
                "input_ids": (prompt + learnt)[:length],
                "labels": ([-100] * len(prompt) + learnt)[:length]})
    return found


model = AutoModelForCausalLM.from_pretrained(
    model_name,
    attn_pdrop=0, embd_pdrop=0, resid_pdrop=0)  # the page trains without the base's own dropout
model.config.pad_token_id = tokenizer.pad_token_id  # or the head reads padding
model = get_peft_model(model, LoraConfig(
    task_type="CAUSAL_LM",
    r=8,
    lora_alpha=16,
    lora_dropout=0,
    target_modules=["c_attn", "c_proj"],
    fan_in_fan_out=True,
))
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


trainer = Trainer(
    model=model, args=arguments, processing_class=tokenizer,
    data_collator=DataCollatorForTokenClassification(tokenizer),
    train_dataset=examples(train), eval_dataset=examples(validation),
)
trainer.model_accepts_loss_kwargs = False  # the mean of each batch, then of the batches of a step
print("before: perplexity", math.exp(trainer.evaluate(examples(test))["eval_loss"]))
trainer.train()
print("after: perplexity", math.exp(trainer.evaluate(examples(test))["eval_loss"]))
trainer.save_model("tuned")
