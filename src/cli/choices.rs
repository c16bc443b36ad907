//! Words that a flag may be: all that are planned, so that "not yet" can be told from "no such thing".

use clap::ValueEnum;

use super::error::CliError;
/// The tasks that can be run.
pub use crate::settings::Task as RunnableTask;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Task {
    CausalLm,
    MaskedLm,
    SequenceClassification,
    MultiLabelClassification,
    TokenClassification,
    QuestionAnswering,
}

impl Task {
    pub fn runnable(self) -> Result<RunnableTask, CliError> {
        match self {
            Self::CausalLm => Ok(RunnableTask::CausalLm),
            Self::SequenceClassification => Ok(RunnableTask::SequenceClassification),
            Self::MultiLabelClassification => Ok(RunnableTask::MultiLabelClassification),
            Self::TokenClassification => Ok(RunnableTask::TokenClassification),
            Self::QuestionAnswering => Ok(RunnableTask::QuestionAnswering),
            other @ Self::MaskedLm => Err(not_yet(
                "--task",
                other,
                "causal-lm, sequence-classification, multi-label-classification, token-classification and question-answering",
            )),
        }
    }
}

/// What the examples of each class count in the loss.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ClassWeights {
    None,
    Balanced,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum StrategyName {
    Full,
    Partial,
    Head,
    Lora,
    Adapter,
    Prompt,
    Prefix,
    Ia3,
    Bitfit,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PlacementName {
    Houlsby,
    Pfeiffer,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ScheduleName {
    Linear,
    Cosine,
    Constant,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LossDivisorName {
    MicroBatchMean,
    NumItemsInBatch,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Regularizer {
    None,
    L2sp,
    Ewc,
}

/// The refusal of something that is planned.
pub fn not_yet(flag: &str, value: impl ValueEnum, supported: &str) -> CliError {
    let value = value
        .to_possible_value()
        .map_or(String::new(), |v| v.get_name().to_owned());
    CliError::new(format!(
        "{flag} {value} is not supported yet; supported are {supported}"
    ))
}
