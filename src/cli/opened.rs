//! The examples of a task, opened for `finetune` and for `evaluate` alike, and scored.

use std::path::Path;

use burn::module::Module;
use serde_json::Value;

use super::base::Base;
use super::block_on;
use super::error::CliError;
use super::labels::known;
use super::rows;
use super::scoring::metrics;
use crate::data::dataset::Dataset;
use crate::engine::examples::{Encoding, Examples};
use crate::model::any::Model;
use crate::protocol::Split;
use crate::settings::Task;

/// How texts are cut and answers chosen, named as in transformers' example.
#[derive(Debug, Clone, Copy, clap::Args)]
pub struct AnswerArguments {
    /// Question answering: tokens that neighbouring windows over a long text share; a third of --max-length if not given.
    #[arg(long)]
    pub doc_stride: Option<usize>,
    /// Question answering: tokens of the longest answer that is considered.
    #[arg(long, default_value_t = 30)]
    pub max_answer_length: usize,
}

/// A task's examples, and whether a head that the model has goes by their labels.
pub struct Opened {
    pub rows: Dataset,
    pub examples: Examples,
    pub head_fits: bool,
}

/// Where the examples come from.
pub struct Opening<'a> {
    pub base: &'a Base,
    pub task: Task,
    pub data: &'a Path,
    /// Rows of this file, instead of a part of `data`, are the test split.
    pub eval: Option<&'a Path>,
    /// Every row of `data` is test, whatever it says itself.
    pub all_is_test: bool,
    /// Whether something is to be learnt from `data`. Running text has no splits: without training all of it is scored.
    pub trains: bool,
    /// Names of the head's outputs that the examples must go by; without them they go by their own.
    pub known: Option<Vec<String>>,
    /// Of the longest input.
    pub length: usize,
    /// Plain text: keep a tenth of it to evaluate on as the run goes.
    pub validates: bool,
    pub seed: u64,
    pub answers: AnswerArguments,
}

impl Opening<'_> {
    pub fn open(&self) -> Result<Opened, CliError> {
        let mut rows = self.data_rows()?;
        let mut test = None;
        if let Some(path) = self.eval {
            let eval = rows::read(self.task, path, Some(Split::Test))?;
            match (&rows, eval) {
                (Dataset::Text(_), Dataset::Text(text)) => test = Some(text),
                (_, eval) => {
                    let eval = rows::renumbered(eval, rows.labels(), path)?;
                    rows = rows::joined(rows, eval, path)?;
                }
            }
        }
        rows = match rows {
            Dataset::Text(text) if !self.trains => {
                test = Some(text.clone());
                Dataset::Text(text)
            }
            rows if self.all_is_test => rows::all_test(rows),
            rows => rows,
        };
        let encoding = Encoding {
            test_text: test.as_ref(),
            ..self.encoding()?
        };
        Ok(Opened {
            head_fits: self.task == Task::SequenceClassification
                || self.task == Task::QuestionAnswering
                || known(self.base, None).as_deref() == Some(rows.labels()),
            examples: encoding.examples(rows.clone())?,
            rows,
        })
    }

    /// The rows of `data`, their labels numbered as those that are known.
    fn data_rows(&self) -> Result<Dataset, CliError> {
        let rows = rows::read(self.task, self.data, self.whole())?;
        if let (Some(_), [label]) = (self.eval, rows.labels()) {
            return Err(CliError::file(
                self.data,
                format!("every row has the label `{label}`; a classifier needs at least two"),
            ));
        }
        match &self.known {
            Some(known) => rows::renumbered(rows, known, self.data),
            None => Ok(rows),
        }
    }

    fn encoding(&self) -> Result<Encoding<'_>, CliError> {
        let stride = self.answers.doc_stride.unwrap_or(self.length / 3);
        let longest = self.answers.max_answer_length;
        if self.task == Task::QuestionAnswering && (stride >= self.length || longest == 0) {
            return Err(CliError::new(format!(
                "--doc-stride is {stride} and --max-answer-length {longest}; the first must be below --max-length ({}), the second at least 1",
                self.length
            )));
        }
        Ok(Encoding {
            doc_stride: stride,
            longest_answer: longest,
            validates: self.validates,
            seed: self.seed,
            ..Encoding::usual(self.base, self.length)
        })
    }

    /// The split of rows that do not name theirs; none leaves it to a hash.
    fn whole(&self) -> Option<Split> {
        match (self.all_is_test, self.eval) {
            (true, _) => Some(Split::Test),
            (false, Some(_)) => Some(Split::Train),
            (false, None) => None,
        }
    }
}

/// Metrics of a split, as `warmup evaluate` prints them; none where it has no examples.
pub fn score(examples: &Examples, model: &Model, split: Split) -> Result<Option<Value>, CliError> {
    if examples.is_blank(split) {
        return Ok(None);
    }
    let model = model.valid();
    let found = block_on(examples.answer_all(&model, split, async || {}))?;
    Ok(Some(metrics(examples, &found, split)))
}
