//! The examples of a task, opened for `finetune` and for `evaluate` alike.

pub mod answers;
pub mod many_labels;
pub mod prompts;
pub mod tags;

use std::path::Path;

use burn::module::Module;
use serde_json::{Value, json};

use super::base::Base;
use super::block_on;
use super::error::CliError;
use super::scoring::{answer_metrics, language_metrics, many_label_metrics, tag_metrics};
use crate::data::questions::Window;
use crate::engine::evaluate::tags as of_tags;
use crate::engine::evaluate::{answers as of_answers, many_labels as of_many_labels};
use crate::engine::examples::{Answers, Encoding, Examples, Kind};
use crate::model::gpt2::Gpt2;
use crate::protocol::Split;

/// A task's examples, and whether the model has a head of its own that goes by their labels.
pub struct Opened {
    pub examples: Examples,
    pub head_fits: bool,
}

impl Opened {
    /// Metrics of a split, as `warmup evaluate` prints them; none where it has no examples.
    pub fn score(&self, model: &Gpt2, split: Split) -> Result<Option<Value>, CliError> {
        if self.examples.is_blank(split) {
            return Ok(None);
        }
        let model = model.valid();
        let mut found = self.examples.no_answers();
        for unit in self.examples.units(split) {
            block_on(self.examples.answer(&model, split, &unit, &mut found))?;
        }
        Ok(Some(metrics(&self.examples, &found, split)))
    }
}

fn metrics(examples: &Examples, found: &Answers, split: Split) -> Value {
    let labels = examples.labels();
    match (&examples.kind, found) {
        (Kind::ManyLabels { .. }, Answers::ManyLabels(found)) => {
            many_label_metrics(&of_many_labels::scores(found, labels.len()), labels)
        }
        (Kind::Tags { splits, .. }, Answers::Tags(found)) => {
            let cut_words = splits.of(split).iter().map(|s| s.cut_words).sum();
            tag_metrics(&of_tags::scores(found, labels), labels, cut_words)
        }
        (
            Kind::Questions {
                questions, windows, ..
            },
            Answers::Windows(found),
        ) => {
            let (questions, windows) = (questions.of(split), windows.of(split));
            let answered = of_answers::answers(questions, windows, found);
            let mut metrics = answer_metrics(&of_answers::scores(&answered, found));
            metrics["cut_questions"] = json!(cut(questions.len(), windows));
            metrics
        }
        (Kind::Prompts { cut, .. }, Answers::Completions(found)) => {
            let mut metrics = language_metrics(found.loss);
            metrics["examples"] = json!(found.rows);
            metrics["token_accuracy"] = json!(found.token_accuracy());
            metrics["cut_examples"] = json!(cut[split as usize]);
            metrics
        }
        // The other tasks have readers and metrics of their own here.
        _ => Value::Null,
    }
}

/// Questions whose answer no window holds whole.
fn cut(questions: usize, windows: &[Window]) -> usize {
    let mut held = vec![false; questions];
    for window in windows.iter().filter(|window| window.holds_the_answer()) {
        held[window.question] = true;
    }
    held.iter().filter(|held| !**held).count()
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
    fn encoding(&self) -> Encoding<'_> {
        let context = self.base.config.n_positions;
        Encoding::usual(&self.base.tokenizer, self.base.pad(), self.length, context)
    }

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
