//! The examples of a task, opened for `finetune` and for `evaluate` alike.

pub mod answers;
pub mod many_labels;
pub mod prompts;
pub mod tags;

use std::path::Path;

use serde_json::Value;

use super::base::Base;
use super::choices::RunnableTask;
use super::error::CliError;
use crate::data::batch::Batch;
use crate::model::gpt2::Gpt2;
use crate::protocol::Split;
use crate::settings::Seed;
use crate::train::Objective;

/// What a run needs of its task.
pub trait Examples {
    fn task(&self) -> RunnableTask;

    /// In the order of the head's outputs, where they have names.
    fn labels(&self) -> Option<&[String]>;

    fn objective(&self) -> Objective;

    /// The model with the head that the task needs: its own where it fits, or a fresh one.
    fn with_head(&self, model: Gpt2, seed: &Seed) -> Gpt2;

    /// Lengths of the examples to train on.
    fn lengths(&self) -> Vec<usize>;

    /// Some of the examples to train on.
    fn batch(&self, indices: &[usize]) -> Batch;

    /// Metrics of a split, as `warmup evaluate` prints them; none where it has no examples.
    fn score(&self, model: &Gpt2, split: Split) -> Result<Option<Value>, CliError>;

    /// Weights under which rare classes count as much as frequent ones; an error says why the task has none.
    fn balanced(&self) -> Result<Vec<f32>, CliError>;
}

/// Where the examples come from.
pub struct Opening<'a> {
    pub base: &'a Base,
    pub data: &'a Path,
    /// Rows of this file, instead of a part of `data`, are the test split.
    pub eval: Option<&'a Path>,
    /// Every row of `data` is test, whatever it says itself.
    pub all_is_test: bool,
    /// Names of the head's outputs that the examples must go by; without them they go by their own.
    pub known: Option<Vec<String>>,
    /// Of the longest input.
    pub length: usize,
}

impl Opening<'_> {
    /// The split of rows that do not name theirs; none leaves it to a hash.
    fn whole(&self) -> Option<Split> {
        match (self.all_is_test, self.eval) {
            (true, _) => Some(Split::Test),
            (false, Some(_)) => Some(Split::Train),
            (false, None) => None,
        }
    }

    /// The rows to work with: those of `data`, and those of `eval` as the test split where it is given.
    fn merged<T>(
        &self,
        mut rows: Vec<T>,
        eval_rows: Option<Vec<T>>,
        split_of: fn(&mut T) -> &mut Split,
    ) -> Vec<T> {
        if let Some(mut others) = eval_rows {
            rows.retain_mut(|row| *split_of(row) != Split::Test);
            others.retain_mut(|row| *split_of(row) == Split::Test);
            rows.extend(others);
        }
        if self.all_is_test {
            let splits = rows.iter_mut().map(split_of);
            splits.for_each(|split| *split = Split::Test);
        }
        rows
    }
}

/// Examples as the model gets them.
pub struct Splits<T> {
    train: Vec<T>,
    validation: Vec<T>,
    test: Vec<T>,
}

impl<T> Splits<T> {
    fn collect(mut of: impl FnMut(Split) -> Result<Vec<T>, CliError>) -> Result<Self, CliError> {
        Ok(Self {
            train: of(Split::Train)?,
            validation: of(Split::Validation)?,
            test: of(Split::Test)?,
        })
    }

    /// The examples of a split; none where it has none.
    fn filled(&self, split: Split) -> Option<&[T]> {
        let examples = match split {
            Split::Train => &self.train,
            Split::Validation => &self.validation,
            Split::Test => &self.test,
        };
        (!examples.is_empty()).then_some(examples)
    }

    fn train(&self) -> &[T] {
        &self.train
    }
}
