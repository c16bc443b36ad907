//! Words of what is taken home from a run: the button, and the model card.

use crate::protocol::{DatasetInfo, Split};
use crate::settings::Task;
use crate::ui::runs::form::Form;
use crate::ui::text::format;
use crate::ui::text::lab::split_name;
use crate::ui::text::run::figure_value;

pub const LEAD: &str = "The run's weights as a zip: an adapter in PEFT's folder, which transformers and PEFT load as it is, or the whole model where the whole model was trained. An adapter can also be merged into the model: transformers then loads it without PEFT. A model card and the figures, as CSV and JSON, go along.";
pub const DOWNLOAD: &str = "Download what the run made";
pub const DOWNLOAD_MERGED: &str = "Download the model with the adapter merged in";
pub const GOING: &str = "Putting it together …";
pub const EMPTY: &str = "Nothing to take home yet: a run has to come to its end first.";
pub const SETTINGS: &str = "Settings";
pub fn figures(split: Split) -> String {
    format!("On the {} split", split_name(split))
}

pub fn rows(split: Split) -> String {
    format!("{} rows", split_name(split))
}

pub const WORDS: &str = "accuracy of counting words";

pub fn made(name: &str, bytes: usize) -> String {
    format!("{name}.zip, {}.", format::bytes(bytes as u64))
}

/// What the Hugging Face hub reads.
pub fn front(model: &str, form: Form) -> String {
    let library = match form {
        Form::Peft => "library_name: peft\n",
        Form::Whole => "library_name: transformers\n",
        Form::Own => "",
    };
    format!("---\nbase_model: {model}\n{library}tags:\n- warmup\n---\n\n")
}

pub fn title(strategy: &str, model: &str, data: &str) -> String {
    format!("# {model}, fine-tuned on {data} ({strategy})\n\n")
}

pub const WHENCE: &str = "Made in a browser with Warmup.\n";

pub fn data(data: &DatasetInfo) -> String {
    let labels = match data.labels.is_empty() {
        true => String::new(),
        false => format!(" Labels: {}.", data.labels.join(", ")),
    };
    format!(
        "{} rows to train on, {} to validate, {} to test.{labels}\n",
        data.train_rows, data.validation_rows, data.test_rows
    )
}

pub fn table(title: &str, rows: impl Iterator<Item = (String, String)>) -> String {
    let rows: String = rows
        .map(|(key, value)| format!("| {key} | {value} |\n"))
        .collect();
    format!("\n## {title}\n\n| | |\n| --- | --- |\n{rows}")
}

pub fn before_after(name: &str, before: f64, after: f64) -> String {
    format!(
        "{} → {}",
        figure_value(name, before),
        figure_value(name, after)
    )
}

pub fn percent(share: f64) -> String {
    format::percent(share)
}

/// How Python takes it up. The base is the folder or the name that `base_model` stands for.
pub fn loading(form: Form, task: Task) -> String {
    let class = match task {
        Task::SequenceClassification | Task::MultiLabelClassification => "SequenceClassification",
        Task::TokenClassification => "TokenClassification",
        Task::QuestionAnswering => "QuestionAnswering",
        Task::CausalLm => "CausalLM",
        Task::MaskedLm => "MaskedLM",
    };
    match form {
        Form::Peft => format!(
            "\n## Loading\n\nPut the base model where `base_model_name_or_path` in adapter_config.json says, or write its folder there.\n\n\
             ```python\nfrom peft import AutoPeftModelFor{class}\n\nmodel = AutoPeftModelFor{class}.from_pretrained(\".\")\n```\n"
        ),
        Form::Whole => format!(
            "\n## Loading\n\n```python\nfrom transformers import AutoModelFor{class}\n\nmodel = AutoModelFor{class}.from_pretrained(\".\")\n```\n"
        ),
        Form::Own => "\n## Loading\n\nPEFT has no format for this method. Warmup's command line puts it into the base model, as a folder that transformers loads:\n\n\
             ```\nwarmup merge --model BASE --adapter . --out MERGED\n```\n".to_owned(),
    }
}
