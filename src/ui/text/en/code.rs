//! Words of the widgets about programs and what they count.

use crate::settings::Family;
use crate::ui::text::format;

pub const TARGET_NAMES: &str = "Target modules";
pub fn target_table(family: Family) -> &'static str {
    match family {
        Family::Gpt2 => "The four matrices of a block of GPT-2 small, and their adapters",
        Family::Bert => {
            "The six matrices of a layer of BERT base and the pooler's, and their adapters"
        }
    }
}
pub const TARGET_COLUMNS: [&str; 4] = ["Matrix", "Named by", "A and B", "in the whole model"];

pub fn target_total(family: Family, trainable: usize, total: usize, share: f64) -> String {
    let model = match family {
        Family::Gpt2 => "GPT-2 small",
        Family::Bert => "BERT base",
    };
    format!(
        "On {model} {} of {} parameters train: {}.",
        format::count(trainable),
        format::count(total),
        format::percent(share)
    )
}

pub fn target_mlp(in_mlp: usize) -> String {
    match in_mlp {
        0 => "All of them stand in the attention.".into(),
        n => format!(
            "{} of them stand in the MLP, outside the attention.",
            format::count(n)
        ),
    }
}

pub fn target_here(modules: usize) -> String {
    format!(
        "On the model of this page the engine lists {} matched matrices.",
        format::count(modules)
    )
}

pub const DEBUG_GOAL: [&str; 3] = ["Find the line", "Mend it", "Reach the rate"];
pub const DEBUG_RUN: &str = "Run the program";
pub const DEBUG_OUTPUT: &str = "What Python prints";
/// The end of the traceback, as transformers 4.57 gives it.
pub const DEBUG_ERROR: &str =
    "ValueError: Cannot handle batch sizes > 1 if no padding token is defined.";
pub const DEBUG_GUESS: &str = "First guess: does it run to its end? Then press the button and see.";
pub const DEBUG_GUESSES: [(&str, &str); 3] = [
    ("runs", "It runs and learns a little"),
    ("slow", "It runs and learns next to nothing"),
    ("stops", "It stops with an error"),
];

pub fn debug_guessed(guess: Option<&str>) -> &'static str {
    match guess {
        Some("stops") => "As you guessed: it stops before the first step.",
        Some("slow") => {
            "It does not come that far. Keep your guess for later: once it runs, you are right."
        }
        Some(_) => "It does not: it stops before the first step.",
        None => "It stops before the first step.",
    }
}

pub const DEBUG_WHERE: &str = "The error comes from trainer.train(), but that line is not to blame. Somebody in this program has to know which token is padding, and was not told. Choose the line that makes it.";

/// What to say of a line that was chosen; `None` for the right one.
pub fn debug_line(code: &str) -> Option<&'static str> {
    if code.contains("num_labels") || code.starts_with("model =") {
        return None;
    }
    Some(if code.starts_with("tokenizer.pad_token") {
        "Close. This line is right, and it tells the tokenizer. The error comes from someone else, who has a configuration of its own."
    } else if code.contains("trainer.train()") {
        "Here it shows, because here the first batch is computed. What is missing is missing further up."
    } else if code.contains("batch_size") {
        "With batches of one the error goes away. Not because all is well: the model then takes the last position for the end of the review, and the last position is padding."
    } else if code.contains("padding=") {
        "Padding is done, and correctly. Ask who does not know of it."
    } else if code.starts_with("tokenizer =")
        || code.contains("encode")
        || code.contains("truncation")
    {
        "The tokenizer does its work: texts in, numbers out, all of one length. The error comes from the one who reads these numbers."
    } else if code.contains("import") {
        "All that is needed is imported; an import that fails says so at once."
    } else if code.contains("\"text\"") || code.contains("\"label\"") || code.contains("reviews") {
        "Three reviews are few, but a batch of three can be computed. The examples are not to blame."
    } else {
        "This setting is not to blame; the error is about padding. Who needs to know which token is padding, in order to find the last word of a review?"
    })
}

pub const DEBUG_LINE_FOUND: &str = "Right. The head reads the last token of each review, so the model has to know which tokens are only padding. Its configuration says pad_token_id = None, and nobody has changed that.";
pub const DEBUG_MEND: &str = "Which repair is the right one?";

/// A repair on offer: its code, whether it is the one, and what comes of it. Each has been run.
pub const REPAIRS: [(&str, bool, &str); 4] = [
    (
        "tokenizer.padding_side = \"left\"",
        false,
        "The same error. On which side the padding stands makes no difference to a model that does not know what padding is.",
    ),
    (
        "model.config.pad_token_id = tokenizer.pad_token_id",
        true,
        "Now the model knows its padding, finds the last real token of each review, and lets the head read that one.",
    ),
    (
        "per_device_train_batch_size=1, further down",
        false,
        "Worse than an error: it runs. With one review a batch the model asks no question and reads the last position, which is padding for every review shorter than 64 tokens.",
    ),
    (
        "model.resize_token_embeddings(len(tokenizer))",
        false,
        "The same error. This is needed where a token was added to the vocabulary. Here an old one was borrowed, so nothing grows, and the configuration still names no padding.",
    ),
];

pub const DEBUG_RATE: &str = "Now it runs, and learns nothing. Predict first: the setting says 2e-5. How high does the learning rate really get?";
pub const DEBUG_RATES: [(&str, &str); 4] = [
    ("2e-5", "2e-5, as it says"),
    ("1e-5", "half of that, on average"),
    ("4e-7", "4e-7, a fiftieth"),
    ("0", "0: warmup never ends"),
];

pub fn debug_rate_guessed(guess: &str) -> &'static str {
    match guess {
        "4e-7" => {
            "Right: three examples make one batch, three epochs three steps, and step by step the rate is 0, 2e-7, 4e-7. Of a climb of a hundred steps the run has made two."
        }
        "0" => {
            "The first step has rate 0, and the others climb by 2e-7 each: 0, 2e-7, 4e-7. Not nothing, but nearly."
        }
        "1e-5" => {
            "Count the steps. Three examples make one batch, three epochs three steps. The warmup wants a hundred: the rate gets to 0, 2e-7, 4e-7, and there the run ends."
        }
        _ => {
            "Count the steps. Three examples make one batch, three epochs three steps. The warmup wants a hundred: the rate is 0, then 2e-7, then 4e-7, and there the run ends."
        }
    }
}

pub const DEBUG_TURN: &str = "Change the run until the rate reaches its top, with a warmup that is over when a tenth of the steps are made.";
pub const EXAMPLES: &str = "Examples";
pub const EPOCHS: &str = "Epochs";
pub const BATCH: &str = "Batch size";
pub const WARMUP: &str = "Warmup steps";
pub const RATE_TITLE: &str =
    "Learning rate at each step of this program. Use the arrow keys to read values.";
pub const RATE_WANTED: &str = "learning_rate=2e-5";

pub fn rate_reached(steps: usize, highest: f64, peak: f64) -> String {
    format!(
        "{} steps. The rate gets to {}: {} of what the setting says.",
        format::count(steps),
        format::rate(highest),
        format::percent(highest / peak)
    )
}

pub const RATE_DONE: &str = "Mended. The rate climbs to its top during the first tenth of the run and has the rest to fall. When a run learns nothing, look at the rate it really had before you blame the data.";
pub const RATE_SHORT: &str = "The run ends before the warmup does: the rate never gets to its top.";
pub const RATE_LONG: &str = "It gets there. But the warmup takes more than a tenth of the run; for so long the rate is lower than it could be.";
pub const RATE_NONE: &str = "It starts at its top, without any warmup: the first steps, when AdamW knows least, are the boldest. Let it climb for a few steps.";

pub const SCRIPT_COPY: &str = "Copy";
pub const SCRIPT_DOWNLOAD: &str = "Download finetune.py";
pub const SCRIPT_HOW: &str = "It needs Python with torch, transformers and accelerate, and where the first lines say so peft or adapters. Beside it, as arguments: a model folder and the reviews.";
pub const COMMAND: &str = "The same run on this project's command line";
pub const COMMAND_HOW: &str = "One line for a shell, from the site's folder: warmup is what cargo build --release --bin warmup makes. The engine is the page's, so with the same data and seed the losses are the page's to the last digits.";
/// In the place of a model that is not one of the page's.
pub const COMMAND_MODEL: &str = "MODEL";
pub const SCRIPT_LABEL: &str = "The program in Python";
