//! `warmup evaluate`: metrics of a model on a data file, as JSON.

use std::path::PathBuf;

use clap::ValueEnum;
use serde_json::json;

use super::base::Base;
use super::choices;
use super::data::file_name;
use super::device::DeviceName;
use super::error::CliError;
use super::opened::{AnswerArguments, Opening, score};
use super::past_run::PastRun;
use super::{labels, rows};
use crate::io::peft::{head_module, head_outputs};
use crate::model::network::Network;
use crate::protocol::Split;
use crate::settings::Task;

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
    pub task: choices::Task,
    /// Rows to score, where the data has rows. A file without a column `split` is divided as `finetune` divides it.
    #[arg(long, value_enum, default_value = "test")]
    pub split: SplitChoice,
    /// Longest input in tokens, for classification; as in the run that made the model, if not given.
    #[arg(long)]
    pub max_length: Option<usize>,
    #[command(flatten)]
    answers: AnswerArguments,
    #[arg(long, value_enum, default_value = "cpu")]
    pub device: DeviceName,
}

pub fn run(arguments: Arguments) -> Result<u8, CliError> {
    let task = Task::from(arguments.task);
    let device = arguments.device.open()?;
    let base = Base::open_with(&arguments.model, arguments.adapter.as_deref(), &device)?;
    let run = PastRun::beside(arguments.adapter.as_ref().unwrap_or(&arguments.model))?;
    check_score(&base, task, run.as_ref())?;
    let examples = opening(&arguments, &base, task, run.as_ref())?
        .open()?
        .examples;
    let found = score(&examples, &base.model, arguments.split.as_split())?;
    let mut metrics = found.ok_or_else(|| no_rows(&arguments, task))?;
    metrics["task"] = json!(task.name());
    println!("{}", serde_json::to_string_pretty(&metrics)?);
    Ok(0)
}

/// One label or many: the head has the same name and shape, so that only its origin tells what it means.
fn check_score(base: &Base, task: Task, run: Option<&PastRun>) -> Result<(), CliError> {
    let (one, many) = (Task::SequenceClassification, Task::MultiLabelClassification);
    let trained_for = match run.and_then(|run| run.task.as_deref()) {
        Some(name) => [one, many].into_iter().find(|task| task.name() == name),
        None if base.config.problem_type() == many.problem_type() => Some(many),
        None => None,
    };
    match trained_for {
        Some(other) if other != task && [one, many].contains(&task) => Err(CliError::new(format!(
            "--task {}: the head was trained for {}, whose outputs mean something else; give that as --task",
            task.name(),
            other.name()
        ))),
        _ => Ok(()),
    }
}

fn opening<'a>(
    arguments: &'a Arguments,
    base: &'a Base,
    task: Task,
    run: Option<&PastRun>,
) -> Result<Opening<'a>, CliError> {
    let virtual_tokens = base.model.virtual_tokens();
    let asked = arguments.max_length;
    let length = asked.or(run.and_then(PastRun::max_length));
    let length = length.unwrap_or(base.room(virtual_tokens));
    base.check_length(length, virtual_tokens)?;
    Ok(Opening {
        base,
        task,
        data: &arguments.data,
        eval: None,
        all_is_test: arguments.split == SplitChoice::All,
        trains: false,
        known: known(arguments, base, task, run)?,
        length: length.max(base.tokenizer.marks_a_text() + 1),
        validates: false,
        seed: 0,
        answers: arguments.answers,
    })
}

/// Names of the head's outputs, where it has names, in the order of its rows.
fn known(
    arguments: &Arguments,
    base: &Base,
    task: Task,
    run: Option<&PastRun>,
) -> Result<Option<Vec<String>>, CliError> {
    let Some(module) = head_module(base.family(), task) else {
        return Ok(None);
    };
    let outputs = head_outputs(&base.model, module);
    let outputs = outputs.ok_or_else(|| no_head(arguments, task, module))?;
    if task == Task::QuestionAnswering {
        return Ok(None);
    }
    match labels::known(base, run) {
        Some(names) if names.len() == outputs => Ok(Some(names)),
        // Alphabetical order stands where nobody has named the outputs of a classifier of texts.
        None if task == Task::SequenceClassification => {
            let found = rows::read(task, &arguments.data, Some(Split::Test))?;
            let names = found.labels();
            match names.len() == outputs {
                true => Ok(Some(names.to_vec())),
                false => Err(CliError::file(
                    &arguments.data,
                    format!(
                        "the data has {} labels ({}), the model's head {outputs}",
                        names.len(),
                        names.join(", ")
                    ),
                )),
            }
        }
        found => Err(CliError::new(format!(
            "{}: the head has {outputs} outputs, but names of {} labels; the model's config.json needs them as id2label, or the summary.json of the run must lie beside its result",
            arguments.model.display(),
            found.map_or(0, |names| names.len())
        ))),
    }
}

fn no_head(arguments: &Arguments, task: Task, head: &str) -> CliError {
    let (model, task) = (arguments.model.display(), task.name());
    CliError::new(format!(
        "{model} has no head for {task} (`{head}.weight`); give the --adapter of a {task} run, or its --out folder as --model"
    ))
}

fn no_rows(arguments: &Arguments, task: Task) -> CliError {
    let name = file_name(&arguments.data);
    if matches!(task, Task::CausalLm | Task::MaskedLm) {
        return CliError::file(&arguments.data, "too little text to measure on");
    }
    CliError::new(format!(
        "{name} has no rows of this split; --split all takes every row"
    ))
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
