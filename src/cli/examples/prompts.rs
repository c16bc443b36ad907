//! Language modelling on completions alone, the prompts being given.

use std::path::Path;

use burn::module::Module;
use serde_json::{Value, json};

use super::{Examples, Opening, Splits};
use crate::cli::block_on;
use crate::cli::choices::RunnableTask;
use crate::cli::data::file_name;
use crate::cli::error::CliError;
use crate::cli::files::read_bytes;
use crate::cli::scoring::language_metrics;
use crate::data::batch::Batch;
use crate::data::prompts::{EncodedPrompt, Prompted, encode};
use crate::data::reader::read_prompts;
use crate::engine::evaluate::completions::score;
use crate::model::gpt2::Gpt2;
use crate::protocol::Split;
use crate::settings::Seed;
use crate::train::Objective;

pub struct PromptExamples {
    splits: Splits<EncodedPrompt>,
    /// Rows of which nothing to learn is left within the length, by split.
    cut: [usize; 3],
    pad: i32,
}

impl PromptExamples {
    /// `None` where the data is plain text.
    pub fn open(opening: &Opening) -> Result<Option<Self>, CliError> {
        let Some(data) = read(opening.data, opening.whole())? else {
            return Ok(None);
        };
        let eval = opening.eval.map(|path| {
            let rows = read(path, Some(Split::Test))?;
            let plain = "plain text, but --data has prompts and completions; give both in one form";
            rows.ok_or_else(|| CliError::file(path, plain))
        });
        let rows = opening.merged(data, eval.transpose()?, |row| &mut row.split);
        let mut cut = [0; 3];
        let splits = Splits::collect(|split| {
            let (kept, lost) = encoded(&rows, split, opening)?;
            cut[split as usize] = lost;
            Ok(kept)
        })?;
        Ok(Some(Self {
            splits,
            cut,
            pad: opening.base.pad(),
        }))
    }
}

fn read(path: &Path, whole: Option<Split>) -> Result<Option<Vec<Prompted>>, CliError> {
    Ok(read_prompts(&file_name(path), &read_bytes(path)?, whole)?)
}

/// The rows of a split, and how many were lost.
fn encoded(
    rows: &[Prompted],
    split: Split,
    opening: &Opening,
) -> Result<(Vec<EncodedPrompt>, usize), CliError> {
    let mut kept = Vec::new();
    let mut lost = 0;
    for row in rows.iter().filter(|row| row.split == split) {
        let row = encode(row, &opening.base.tokenizer, opening.length)?;
        match row.filter(|row| row.predicted() > 0) {
            Some(row) => kept.push(row),
            None => lost += 1,
        }
    }
    Ok((kept, lost))
}

impl Examples for PromptExamples {
    fn task(&self) -> RunnableTask {
        RunnableTask::CausalLm
    }

    fn labels(&self) -> Option<&[String]> {
        None
    }

    fn objective(&self) -> Objective {
        Objective::CausalLm
    }

    fn with_head(&self, model: Gpt2, _: &Seed) -> Gpt2 {
        model.without_heads()
    }

    fn lengths(&self) -> Vec<usize> {
        self.splits.train().iter().map(|r| r.ids.len()).collect()
    }

    fn batch(&self, indices: &[usize]) -> Batch {
        let rows = indices.iter().map(|i| &self.splits.train()[*i]);
        let rows: Vec<(&[i32], &[i32])> = rows.map(|r| (&r.ids[..], &r.labels[..])).collect();
        Batch::of_tokens(&rows, self.pad)
    }

    fn score(&self, model: &Gpt2, split: Split) -> Result<Option<Value>, CliError> {
        let Some(rows) = self.splits.filled(split) else {
            return Ok(None);
        };
        let scores = block_on(score(&model.valid(), rows, self.pad))?;
        let mut metrics = language_metrics(scores.loss);
        metrics["examples"] = json!(scores.rows);
        metrics["token_accuracy"] = json!(scores.token_accuracy());
        metrics["cut_examples"] = json!(self.cut[split as usize]);
        Ok(Some(metrics))
    }

    fn balanced(&self) -> Result<Vec<f32>, CliError> {
        Err(no_weights_for_words())
    }
}

/// Why language modelling has no class weights.
pub fn no_weights_for_words() -> CliError {
    CliError::new(
        "--class-weights balanced: the classes of causal-lm are the words themselves, whose frequencies are what it learns; leave it at none",
    )
}
