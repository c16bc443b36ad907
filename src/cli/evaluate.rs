//! `warmup evaluate`: metrics of a model on a data file, as JSON.

use std::path::PathBuf;

use clap::ValueEnum;
use serde_json::{Value, json};

use super::base::Base;
use super::choices::{RunnableTask, Task};
use super::data::{file_name, labelled, texts};
use super::device::DeviceName;
use super::error::CliError;
use super::past_run::PastRun;
use super::scoring::{classification_metrics, language_metrics};
use super::{bert, block_on, labels};
use crate::data::labelled::LabelledDataset;
use crate::engine::perplexity::text_loss;
use crate::protocol::Split;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SplitChoice {
    Train,
    Validation,
    Test,
    /// Every row, whatever its split.
    All,
}

#[derive(clap::Args)]
pub struct Arguments {
    #[arg(long)]
    pub model: PathBuf,
    /// Folder of an adapter that belongs to the model.
    #[arg(long)]
    pub adapter: Option<PathBuf>,
    #[arg(long)]
    pub data: PathBuf,
    #[arg(long, value_enum)]
    pub task: Task,
    /// Rows to score, for classification. A file without a column `split` is divided as `finetune` divides it.
    #[arg(long, value_enum, default_value = "test")]
    pub split: SplitChoice,
    /// Longest input in tokens, for classification; as in the run that made the model, if not given.
    #[arg(long)]
    pub max_length: Option<usize>,
    #[arg(long, value_enum, default_value = "cpu")]
    pub device: DeviceName,
}

pub fn run(arguments: Arguments) -> Result<u8, CliError> {
    if bert::is_bert(&arguments.model)? {
        return bert::evaluate(&arguments);
    }
    let task = arguments.task.runnable()?;
    let device = arguments.device.open()?;
    let base = Base::open_with(&arguments.model, arguments.adapter.as_deref(), &device)?;
    let mut metrics = match task {
        RunnableTask::CausalLm => language(&arguments, &base)?,
        RunnableTask::SequenceClassification => classification(&arguments, &base)?,
    };
    metrics["task"] = json!(task.name());
    println!("{}", serde_json::to_string_pretty(&metrics)?);
    Ok(0)
}

fn language(arguments: &Arguments, base: &Base) -> Result<Value, CliError> {
    let ids = texts(&arguments.data, &base.tokenizer)?;
    if ids.len() < 2 {
        return Err(CliError::file(
            &arguments.data,
            "too little text to measure on",
        ));
    }
    Ok(language_metrics(block_on(text_loss(
        &base.model,
        &ids,
        base.config.n_positions,
    ))?))
}

/// The data, all of it marked to be scored where every row is asked for.
pub fn rows(arguments: &Arguments) -> Result<LabelledDataset, CliError> {
    let all = arguments.split == SplitChoice::All;
    let mut dataset = labelled(&arguments.data, all.then_some(Split::Test))?;
    if all {
        dataset
            .rows
            .iter_mut()
            .for_each(|row| row.split = Split::Test);
    }
    Ok(dataset)
}

fn classification(arguments: &Arguments, base: &Base) -> Result<Value, CliError> {
    let Some(head) = &base.model.score else {
        return Err(CliError::new(format!(
            "{} has no classification head (`score.weight`); give the --adapter of a sequence-classification run, or its --out folder as --model",
            arguments.model.display()
        )));
    };
    let run = PastRun::beside(arguments.adapter.as_ref().unwrap_or(&arguments.model))?;
    let virtual_tokens = base.model.transformer.virtual_tokens();
    let trained_length = run.as_ref().and_then(PastRun::max_length);
    let length = arguments
        .max_length
        .or(trained_length)
        .unwrap_or(base.room(virtual_tokens));
    base.check_length(length, virtual_tokens)?;
    let dataset = rows(arguments)?;
    let known = labels::known(base, run.as_ref());
    let dataset = labels::renumber(dataset, known, head.weight.val().dims()[0])
        .map_err(|e| CliError::file(&arguments.data, e))?;
    let texts = dataset.encode(arguments.split.as_split(), &base.tokenizer, length.max(1))?;
    if texts.is_empty() {
        let name = file_name(&arguments.data);
        return Err(CliError::new(format!(
            "{name} has no rows of this split; --split all takes every row"
        )));
    }
    classification_metrics(&base.model, &texts, base.pad(), &dataset.labels)
}

impl SplitChoice {
    pub fn as_split(self) -> Split {
        match self {
            Self::Train => Split::Train,
            Self::Validation => Split::Validation,
            Self::Test | Self::All => Split::Test,
        }
    }
}
