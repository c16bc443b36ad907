//! Settings of single tasks, and the opening of their examples.

use super::Job;
use super::examples;
use super::length::max_length;
use super::summary::Summary;
use super::{causal_lm, classification};
use crate::cli::choices::{ClassWeights, RunnableTask};
use crate::cli::error::CliError;
use crate::cli::examples::answers::AnswerArguments;
use crate::cli::examples::{Opening, answers, many_labels, prompts, tags};

#[derive(clap::Args)]
pub struct TaskArguments {
    /// Classification: balanced lets rare classes count as much in the loss as frequent ones.
    #[arg(long, value_enum, default_value = "none")]
    pub class_weights: ClassWeights,
    #[command(flatten)]
    pub answers: AnswerArguments,
}

impl TaskArguments {
    pub fn is_balanced(&self) -> bool {
        self.class_weights == ClassWeights::Balanced
    }
}

/// Longest input in tokens, where it is not given.
const USUAL_LENGTH: usize = 128;
const USUAL_LENGTH_WITH_QUESTION: usize = 384;

pub fn run(job: &Job, task: RunnableTask) -> Result<Summary, CliError> {
    match task {
        RunnableTask::SequenceClassification => classification::run(job),
        RunnableTask::CausalLm => {
            let opening = opening(job, usize::MAX)?;
            match prompts::open(&opening)? {
                Some(prompts) => examples::run(job, &prompts, opening.length),
                None if job.arguments.tasks.is_balanced() => Err(examples::unweighable(
                    task.refuses_class_weights().unwrap_or_default(),
                )),
                None => causal_lm::run(job),
            }
        }
        RunnableTask::TokenClassification => {
            let opening = opening(job, USUAL_LENGTH)?;
            examples::run(job, &tags::open(&opening)?, opening.length)
        }
        RunnableTask::MultiLabelClassification => {
            let opening = opening(job, USUAL_LENGTH)?;
            examples::run(job, &many_labels::open(&opening)?, opening.length)
        }
        RunnableTask::QuestionAnswering => {
            let opening = opening(job, USUAL_LENGTH_WITH_QUESTION)?;
            let answers = answers::open(&opening, job.arguments.tasks.answers)?;
            examples::run(job, &answers, opening.length)
        }
    }
}

fn opening(job: &Job, usual_length: usize) -> Result<Opening<'_>, CliError> {
    let strategy = job.arguments.strategy(job.base.config.n_layer)?;
    let asked = job.arguments.training.max_length;
    Ok(Opening {
        base: &job.base,
        data: &job.arguments.data,
        eval: job.arguments.eval.as_deref(),
        all_is_test: false,
        known: None,
        length: max_length(&job.base, asked, usual_length, strategy.virtual_tokens())?,
    })
}
