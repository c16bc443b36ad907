//! A BERT scored on a data file.

use serde_json::{Value, json};

use super::base::BertBase;
use super::metrics::classification;
use super::words::{Found, commonest};
use crate::cli::choices::{Task, not_yet};
use crate::cli::data::{file_name, texts};
use crate::cli::error::CliError;
use crate::cli::evaluate::{Arguments, rows};
use crate::cli::labels;
use crate::cli::past_run::PastRun;
use crate::data::masking::Masking;
use crate::data::stream::windows;
use crate::data::tokenizer::Marks;
use crate::settings::Seed;

pub fn evaluate(arguments: &Arguments) -> Result<u8, CliError> {
    let device = arguments.device.open()?;
    let base = BertBase::open_with(&arguments.model, arguments.adapter.as_deref(), &device)?;
    let (mut metrics, task) = match arguments.task {
        Task::SequenceClassification => (labels_of(arguments, &base)?, "sequence-classification"),
        Task::MaskedLm => (words_of(arguments, &base)?, "masked-lm"),
        other => {
            let supported = "sequence-classification and masked-lm for a BERT";
            return Err(not_yet("--task", other, supported));
        }
    };
    metrics["task"] = json!(task);
    println!("{}", serde_json::to_string_pretty(&metrics)?);
    Ok(0)
}

/// The file cut into windows, of which every seventh token or so is hidden behind `[MASK]`; always the same.
fn words_of(arguments: &Arguments, base: &BertBase) -> Result<Value, CliError> {
    if base.model.cls.is_none() {
        let reason = "the weights hold no masked-word head (cls.predictions)";
        return Err(CliError::file(&arguments.model, reason));
    }
    let length = base.length(arguments.max_length, usize::MAX)?;
    let ids = texts(&arguments.data, &base.tokenizer)?;
    let windows = windows(&ids, length - Marks::A_TEXT).into_iter();
    let windows: Vec<Vec<i32>> = windows.map(|w| base.marks.around(w.into_iter())).collect();
    let masking = Masking::usual(&base.marks, base.tokenizer.vocabulary());
    let most = commonest(ids.into_iter());
    let found = Found::of(&base.model, &windows, masking, &Seed::new(1), most);
    Ok(json!({
        "examples": found.asked,
        "loss": found.mean_nats(),
        "accuracy": found.accuracy(),
        "accuracy_of_commonest": found.of_commonest(),
    }))
}

fn labels_of(arguments: &Arguments, base: &BertBase) -> Result<Value, CliError> {
    let Some(head) = &base.model.classifier else {
        return Err(CliError::new(format!(
            "{} has no classification head (`classifier.weight`); give the --adapter of a sequence-classification run, or its --out folder as --model",
            arguments.model.display()
        )));
    };
    let run = PastRun::beside(arguments.adapter.as_ref().unwrap_or(&arguments.model))?;
    let trained_length = run.as_ref().and_then(PastRun::max_length);
    let length = base.length(arguments.max_length.or(trained_length), usize::MAX)?;
    let known = labels::named(base.config.id2label.as_ref(), run.as_ref());
    let dataset = labels::renumber(rows(arguments)?, known, head.weight.val().dims()[0])
        .map_err(|e| CliError::file(&arguments.data, e))?;
    let texts = base.encode(&dataset, arguments.split.as_split(), length)?;
    if texts.is_empty() {
        let name = file_name(&arguments.data);
        return Err(CliError::new(format!(
            "{name} has no rows of this split; --split all takes every row"
        )));
    }
    classification(&base.model, &texts, base.marks.pad, &dataset.labels)
}
