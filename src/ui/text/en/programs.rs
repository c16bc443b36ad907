//! The programs of the lesson on code, line by line, and the words beside them.

use crate::settings::Family;
use crate::ui::draft::short_number;
use crate::ui::text::format;
use crate::ui::widgets::programs::line::{Line, Part};

const fn line(code: &'static str, part: Part, says: &'static str) -> Line {
    Line {
        code,
        part: Some(part),
        says,
    }
}

const fn still(code: &'static str) -> Line {
    Line {
        code,
        part: None,
        says: "",
    }
}

/// Fine-tuning with transformers' `Trainer`. It has the two mistakes that the lesson finds.
pub static TRAINER: &[Line] = &[
    line(
        "from datasets import Dataset",
        Part::Library,
        "Three libraries do what this page does: datasets holds the examples, transformers the model and the training loop, and torch, underneath, computes.",
    ),
    line(
        "from transformers import (",
        Part::Library,
        "Everything that is imported here has its counterpart in this page, written in Rust: model, tokenizer, settings, loop.",
    ),
    still("    GPT2ForSequenceClassification,"),
    still("    GPT2Tokenizer, Trainer,"),
    still("    TrainingArguments,"),
    still(")"),
    still(""),
    line(
        "tokenizer = GPT2Tokenizer.from_pretrained(\"gpt2\")",
        Part::Tokenizer,
        "Fetches the rules that cut text into tokens. Model and tokenizer belong together: the number of a token is a row of the model's embedding.",
    ),
    line(
        "tokenizer.pad_token = tokenizer.eos_token",
        Part::Padding,
        "GPT-2 was trained without padding and has no token for it. The token that ends a text is borrowed. From now on the tokenizer knows how to fill up short texts; nobody has told the model.",
    ),
    still(""),
    line(
        "model = GPT2ForSequenceClassification.from_pretrained(",
        Part::Model,
        "Fetches the pre-trained weights and puts a classification head on top, a small matrix of random numbers. Nothing is frozen: whatever has a gradient will train, so this program is full fine-tuning.",
    ),
    line(
        "    \"gpt2\", num_labels=2)",
        Part::Model,
        "Two labels, so two scores a text. The head gets 2 × 768 = 1,536 new parameters; transformers warns that they are newly initialised, and here that is as it should be.",
    ),
    still(""),
    line(
        "reviews = Dataset.from_dict({",
        Part::Reviews,
        "The examples as columns. A real run would read a file; three rows are enough to see whether the program starts.",
    ),
    line(
        "    \"text\": [\"We stayed for the credits.\",",
        Part::Reviews,
        "The texts.",
    ),
    still("             \"My popcorn had more plot.\","),
    still("             \"Slept well, thank you.\"],"),
    line(
        "    \"label\": [1, 0, 0],",
        Part::Reviews,
        "The answers, as numbers: 1 is positive, 0 negative. The column has to be called label or labels, or the loss will not find it.",
    ),
    still("})"),
    still(""),
    line(
        "def encode(batch):",
        Part::Tokenizer,
        "Turns texts into the numbers of their tokens, many at a time.",
    ),
    line(
        "    return tokenizer(batch[\"text\"], truncation=True,",
        Part::Length,
        "Longer texts are cut, because the model has a fixed number of positions and attention costs the square of the length.",
    ),
    line(
        "        padding=\"max_length\", max_length=64)",
        Part::Padding,
        "Fills every text up to 64 tokens, however short it is. Then all rows of a batch have one length, as a matrix needs. It costs time: a five-token review is computed as if it had 64.",
    ),
    still(""),
    line(
        "args = TrainingArguments(",
        Part::Loop,
        "All settings of the run in one place; what is not named keeps the library's default. AdamW, for one, and a rate that falls linearly to zero.",
    ),
    line(
        "    output_dir=\"reviews-gpt2\",",
        Part::Folder,
        "Where checkpoints go.",
    ),
    line(
        "    num_train_epochs=3,",
        Part::Epochs,
        "Three times through all examples. The number of steps follows: examples divided by the batch, rounded up, times three.",
    ),
    line(
        "    per_device_train_batch_size=4,",
        Part::Batch,
        "Examples that one step looks at together.",
    ),
    line(
        "    learning_rate=2e-5,",
        Part::Rate,
        "The top of the schedule: fifty times lower than what one would use to train from scratch, since the weights are good already.",
    ),
    line(
        "    warmup_steps=100,",
        Part::Warmup,
        "The rate climbs from 0 to its top during the first hundred steps. Count how many steps there are.",
    ),
    still(")"),
    line(
        "trainer = Trainer(model=model, args=args,",
        Part::Loop,
        "The loop: batch, loss, gradient, clip, update, next. It also puts the model on a GPU if there is one.",
    ),
    line(
        "    train_dataset=reviews.map(encode, batched=True))",
        Part::Reviews,
        "Every text goes through encode once, before training.",
    ),
    line(
        "trainer.train()",
        Part::Loop,
        "Only this line computes. Whatever is wrong above shows itself here.",
    ),
];

/// A LoRA adapter with PEFT.
pub static LORA: &[Line] = &[
    line(
        "from peft import (",
        Part::Library,
        "PEFT puts adapters on models of transformers, and reads and writes them as small files. What the command line of this project saves is such a file.",
    ),
    still("    LoraConfig, TaskType, get_peft_model)"),
    line(
        "from transformers import AutoModelForCausalLM",
        Part::Library,
        "Auto: the class is chosen by the model's own config.json.",
    ),
    still(""),
    line(
        "base = AutoModelForCausalLM.from_pretrained(\"gpt2\")",
        Part::Model,
        "The pre-trained model with its language-model head, which is the token embedding used once more: no new parameters.",
    ),
    still(""),
    line(
        "config = LoraConfig(",
        Part::Strategy,
        "A recipe, no tensors yet.",
    ),
    line(
        "    task_type=TaskType.CAUSAL_LM,",
        Part::Strategy,
        "What the model is for: to guess the next token. For reviews it would be SEQ_CLS; PEFT would then train the fresh head as well.",
    ),
    line(
        "    r=8,",
        Part::Rank,
        "The rank: A is 8 numbers tall, B 8 numbers wide.",
    ),
    line(
        "    lora_alpha=16,",
        Part::Alpha,
        "B·A is multiplied by alpha ÷ r before it is added: by 2.",
    ),
    line(
        "    lora_dropout=0.1,",
        Part::Dropout,
        "While training, a tenth of what goes into A is set to zero at random and the rest made larger to match. W still sees all of it.",
    ),
    line(
        "    target_modules=[\"c_attn\", \"c_proj\"],",
        Part::Targets,
        "Which matrices get a pair: every module whose path ends in one of the names. This is the line that the next exhibit counts.",
    ),
    still(")"),
    line(
        "tuned = get_peft_model(base, config)",
        Part::Strategy,
        "Freezes all of the base and puts A and B beside each matched matrix, inside the base: there is still one model, not two.",
    ),
    line(
        "print(tuned.num_parameters(only_trainable=True))",
        Part::Count,
        "What trains. Print it always: a name that matches more than you meant shows here and nowhere else.",
    ),
    line(
        "print(tuned.num_parameters())",
        Part::Count,
        "All parameters, the pairs included.",
    ),
];

pub fn part(part: Part) -> &'static str {
    match part {
        Part::Library => "Engine",
        Part::Model => "Model",
        Part::Tokenizer => "Tokenizer",
        Part::Padding => "Padding",
        Part::Reviews => "Reviews",
        Part::Length => "Longest text",
        Part::Folder => "Files",
        Part::Epochs => "Steps",
        Part::Batch => "Batch size",
        Part::Rate => "Learning rate",
        Part::Warmup => "Warmup",
        Part::Loop => "Training loop",
        Part::Strategy => "Strategy",
        Part::Rank => "Rank r",
        Part::Alpha => "Alpha",
        Part::Dropout => "Dropout",
        Part::Targets => "Target modules",
        Part::Count => "What trains",
    }
}

pub const TRAINER_LABEL: &str =
    "A program that fine-tunes GPT-2 with the Trainer. Arrow keys walk from line to line.";
pub const LORA_LABEL: &str =
    "A program that puts a LoRA adapter on GPT-2. Arrow keys walk from line to line.";
pub const HINT: &str = "Choose a line to see what it does, and what stands for it on this page.";
pub const HERE: &str = "On this page";

pub const HERE_LATER: &str = "still on its way";
pub const HERE_LIBRARY: &str = "one program in Rust, for your processor or your graphics card";
pub fn here_tokenizer(family: Family) -> &'static str {
    match family {
        Family::Gpt2 => "byte-pair encoding, as GPT-2 has it",
        Family::Bert => {
            "WordPiece, as BERT has it, with [CLS] before each text and [SEP] behind it"
        }
    }
}

pub fn here_padding(family: Family) -> &'static str {
    match family {
        Family::Gpt2 => "to the longest review of a batch; head and mask know the padding",
        Family::Bert => "to the longest review of a batch with [PAD]; the mask knows it",
    }
}

pub const HERE_FOLDER: &str = "nothing is written unless you export it";
pub const HERE_LOOP: &str =
    "the same loop, AdamW and clipping, held step for step to Trainer's numbers";

pub fn here_model(name: &str, parameters: usize) -> String {
    format!("{name}, {} parameters", format::count(parameters))
}

pub fn here_reviews(rows: usize) -> String {
    format!("{} to train on", format::count(rows))
}

pub fn here_length(tokens: usize) -> String {
    format!("{} tokens", format::count(tokens))
}

pub fn here_steps(steps: usize, batch: usize, rows: Option<usize>) -> String {
    let counted = format!("{} steps of {batch}", format::count(steps));
    match rows {
        Some(rows) if rows > 0 => {
            let epochs = (steps * batch) as f64 / rows as f64;
            format!("{counted}: {} epochs", format::plain(epochs, 1))
        }
        _ => counted,
    }
}

pub fn here_epochs(epochs: f64, in_a_step: usize) -> String {
    let epochs = short_number(epochs);
    format!("{epochs} epochs in steps of {in_a_step}")
}

pub fn here_warmup(steps: usize, kind: &str) -> String {
    format!("{} steps, then {kind}", format::count(steps))
}
