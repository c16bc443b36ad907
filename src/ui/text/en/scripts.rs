//! What the programs that the page writes say of themselves: comments in Python.

use crate::settings::Task;

pub fn header(strategy: &str, words: &str, seed: u64, packages: &str, data: &str) -> String {
    format!(
        "# Fine-tuning with the settings of a Warmup page: {strategy} ({words}), seed {seed}.\n\
         #\n\
         #   pip install torch transformers accelerate{packages}\n\
         #   python finetune.py [MODEL] [DATA]\n\
         #\n\
         # On several GPUs: accelerate launch finetune.py [MODEL] [DATA]; each then has a batch of its own,\n\
         # so divide per_device_train_batch_size by their number.\n\
         #\n\
         # MODEL is a folder with config.json, model.safetensors and tokenizer.json, or a name on the\n\
         # Hugging Face hub; DATA is {data}.\n\
         #\n\
         # The settings are the same, the random numbers are not: torch draws and shuffles differently,\n\
         # so the score comes out near the page's, not equal to it.\n"
    )
}

/// What the file must hold.
pub fn data(task: Task, is_plain_text: bool) -> &'static str {
    match task {
        _ if is_plain_text => "a file of plain text, a paragraph a line",
        Task::SequenceClassification => {
            "a CSV with the columns text, label and split\n# (train, validation, test)"
        }
        Task::MultiLabelClassification => {
            "a CSV with the columns text, labels (names with ;\n# between them) and split (train, validation, test)"
        }
        Task::TokenClassification => {
            "lines of JSON with tokens, ner_tags and split\n# (train, validation, test)"
        }
        Task::QuestionAnswering => {
            "lines of JSON with question, context, answers\n# (text, answer_start) and split (train, validation, test)"
        }
        Task::CausalLm | Task::MaskedLm => {
            "lines of JSON with prompt, completion and split\n# (train, validation, test)"
        }
    }
}

/// The same of a file of the learner's own.
pub fn own_data(file: &str) -> String {
    format!("your file, {file}")
}

/// In the place of a program.
pub fn no_program(task: Task) -> String {
    format!(
        "# There is no program for this: a BERT does not continue texts, which {} asks for.\n\
         # Choose another data set, or a GPT-2.\n",
        task.name()
    )
}

pub fn left_out(what: &str) -> String {
    format!("#\n# Left out, because Trainer has no setting for it: {what}.\n")
}

pub fn replay(share: String) -> String {
    format!("replay {share}")
}

pub fn ewc(lambda: String, samples: usize) -> String {
    format!("EWC, lambda {lambda}, from {samples} samples")
}

pub fn l2_sp(alpha: String, beta: String) -> String {
    format!("L2-SP, alpha {alpha}, beta {beta}")
}

pub fn layer_rate(rate: String) -> String {
    format!("rate of each block below {rate}")
}

pub const DECAY_ON_ALL: &str =
    "weight decay on everything (it spares biases and layer norms, as the page usually does)";

pub const DROPPED: &str = "# rows that the page left out, counted from 0";
pub const BY_HEART: &str = "# rows of training that stand in another split too";
pub const PAD_WITH_END: &str =
    "tokenizer.pad_token = tokenizer.eos_token  # GPT-2 has no token for padding\n";
pub const SPECIAL_TOKENS: &str =
    "# A BERT's tokenizer puts [CLS] before each text and [SEP] behind it.\n";
pub const NO_DROPOUT: &str = "# the page trains without the base's own dropout";
pub const PAD_FOR_HEAD: &str =
    "model.config.pad_token_id = tokenizer.pad_token_id  # or the head reads padding\n";
pub const HEAD_WITHOUT_DROPOUT: &str =
    "model.dropout.p = 0.0  # transformers gives this head one of its own\n";
pub const OF_EACH_LABEL: &str = "  # of each label alike";
pub const MEAN_OF_BATCHES: &str = "trainer.model_accepts_loss_kwargs = False  # the mean of each batch, then of the batches of a step\n";
pub const WEIGHTED: &str = "Rare classes count as much as frequent ones, while it trains.";
