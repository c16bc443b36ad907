//! A BERT scored on a data file.

use serde_json::{Value, json};

use super::base::BertBase;
use super::metrics::classification;
use crate::cli::choices::{Task, not_yet};
use crate::cli::data::file_name;
use crate::cli::error::CliError;
use crate::cli::evaluate::{Arguments, rows};
use crate::cli::labels;
use crate::cli::past_run::PastRun;

pub fn evaluate(arguments: &Arguments) -> Result<u8, CliError> {
    if arguments.task != Task::SequenceClassification {
        let supported = "sequence-classification for a BERT";
        return Err(not_yet("--task", arguments.task, supported));
    }
    let device = arguments.device.open()?;
    let base = BertBase::open_with(&arguments.model, arguments.adapter.as_deref(), &device)?;
    let mut metrics = metrics(arguments, &base)?;
    metrics["task"] = json!("sequence-classification");
    println!("{}", serde_json::to_string_pretty(&metrics)?);
    Ok(0)
}

fn metrics(arguments: &Arguments, base: &BertBase) -> Result<Value, CliError> {
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
