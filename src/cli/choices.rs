//! Words that a flag may be.

use clap::ValueEnum;

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

impl From<Task> for RunnableTask {
    fn from(task: Task) -> Self {
        match task {
            Task::CausalLm => Self::CausalLm,
            Task::MaskedLm => Self::MaskedLm,
            Task::SequenceClassification => Self::SequenceClassification,
            Task::MultiLabelClassification => Self::MultiLabelClassification,
            Task::TokenClassification => Self::TokenClassification,
            Task::QuestionAnswering => Self::QuestionAnswering,
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
