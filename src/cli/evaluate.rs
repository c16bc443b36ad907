//! `warmup evaluate`: metrics of a model on a data file, as JSON.

use std::path::PathBuf;

use clap::ValueEnum;
use serde_json::{Value, json};

use super::base::Base;
use super::choices::{RunnableTask, Task};
use super::data::{file_name, labelled, texts};
use super::device::DeviceName;
use super::error::CliError;
use super::examples::answers::AnswerArguments;
use super::examples::{Opening, answers, many_labels, prompts, tags};
use super::past_run::PastRun;
use super::scoring::{classification_metrics, language_metrics};
use super::{bert, block_on, labels};
use crate::data::labelled::LabelledDataset;
use crate::engine::perplexity::text_loss;
use crate::model::heads::linear::LinearHead;
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
    if bert::is_bert(&arguments.model)? {
        return bert::evaluate(&arguments);
    }
    let task = arguments.task.runnable()?;
    let device = arguments.device.open()?;
    let base = Base::open_with(&arguments.model, arguments.adapter.as_deref(), &device)?;
    check_score(&arguments, &base, task)?;
    let mut metrics = match task {
        RunnableTask::SequenceClassification => classification(&arguments, &base)?,
        task => of_examples(&arguments, &base, task)?,
    };
    metrics["task"] = json!(task.name());
    println!("{}", serde_json::to_string_pretty(&metrics)?);
    Ok(0)
}

/// One label or many: the head has the same name and shape, so that only its origin tells what it means.
fn check_score(arguments: &Arguments, base: &Base, task: RunnableTask) -> Result<(), CliError> {
    let run = PastRun::beside(arguments.adapter.as_ref().unwrap_or(&arguments.model))?;
    let (one, many) = (
        RunnableTask::SequenceClassification,
        RunnableTask::MultiLabelClassification,
    );
    let trained_for = match run.and_then(|run| run.task) {
        Some(name) => [one, many].into_iter().find(|task| task.name() == name),
        None if base.config.problem_type.as_deref() == many.problem_type() => Some(many),
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

/// Every task but sequence classification, whose hard texts need a reader of their own.
fn of_examples(arguments: &Arguments, base: &Base, task: RunnableTask) -> Result<Value, CliError> {
    let run = PastRun::beside(arguments.adapter.as_ref().unwrap_or(&arguments.model))?;
    let opening = |head: Option<usize>| opening(arguments, base, run.as_ref(), head);
    let examples = match task {
        RunnableTask::TokenClassification => {
            let head = base.model.classifier.as_ref().map(LinearHead::outputs);
            let outputs = head.ok_or_else(|| no_head(arguments, task, "classifier"))?;
            tags::open(&opening(Some(outputs))?)?
        }
        RunnableTask::MultiLabelClassification => {
            let head = base
                .model
                .score
                .as_ref()
                .map(|head| head.weight.val().dims()[0]);
            let outputs = head.ok_or_else(|| no_head(arguments, task, "score"))?;
            many_labels::open(&opening(Some(outputs))?)?
        }
        RunnableTask::QuestionAnswering => {
            let head = base.model.qa_outputs.as_ref();
            head.ok_or_else(|| no_head(arguments, task, "qa_outputs"))?;
            answers::open(&opening(None)?, arguments.answers)?
        }
        RunnableTask::CausalLm | RunnableTask::SequenceClassification => {
            match prompts::open(&opening(None)?)? {
                Some(prompts) => prompts,
                None => return language(arguments, base),
            }
        }
    };
    let metrics = examples.score(&base.model, arguments.split.as_split())?;
    metrics.ok_or_else(|| no_rows(arguments))
}

/// `head`: how many outputs the model's head has, where they have names.
fn opening<'a>(
    arguments: &'a Arguments,
    base: &'a Base,
    run: Option<&PastRun>,
    head: Option<usize>,
) -> Result<Opening<'a>, CliError> {
    let length = arguments.max_length.or(run.and_then(PastRun::max_length));
    let virtual_tokens = base.model.transformer.virtual_tokens();
    let length = length.unwrap_or(base.room(virtual_tokens));
    base.check_length(length, virtual_tokens)?;
    let known = head.and_then(|_| labels::known(base, run));
    let named = known.as_ref().map(Vec::len);
    if named != head {
        return Err(CliError::new(format!(
            "{}: the head has {} outputs, but names of {} labels; the model's config.json needs them as id2label, or the summary.json of the run must lie beside its result",
            arguments.model.display(),
            head.unwrap_or(0),
            named.unwrap_or(0)
        )));
    }
    Ok(Opening {
        base,
        data: &arguments.data,
        eval: None,
        all_is_test: arguments.split == SplitChoice::All,
        known,
        length: length.max(1),
    })
}

fn no_head(arguments: &Arguments, task: RunnableTask, head: &str) -> CliError {
    let (model, task) = (arguments.model.display(), task.name());
    CliError::new(format!(
        "{model} has no head for {task} (`{head}.weight`); give the --adapter of a {task} run, or its --out folder as --model"
    ))
}

fn no_rows(arguments: &Arguments) -> CliError {
    let name = file_name(&arguments.data);
    CliError::new(format!(
        "{name} has no rows of this split; --split all takes every row"
    ))
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
        let task = RunnableTask::SequenceClassification;
        return Err(no_head(arguments, task, "score"));
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
        return Err(no_rows(arguments));
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
