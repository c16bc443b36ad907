//! Token classification: a tag for every word.

use std::path::Path;

use burn::module::Module;
use serde_json::Value;

use super::{Examples, Opening, Splits};
use crate::cli::block_on;
use crate::cli::choices::RunnableTask;
use crate::cli::data::file_name;
use crate::cli::error::CliError;
use crate::cli::files::read_bytes;
use crate::cli::labels::{known, numbering};
use crate::cli::scoring::tag_metrics;
use crate::data::batch::{Batch, IGNORED};
use crate::data::reader::read_tagged;
use crate::data::tagged::{EncodedSentence, TaggedDataset};
use crate::engine::evaluate::by_length;
use crate::engine::evaluate::tags::{answer_batch, scores};
use crate::model::gpt2::Gpt2;
use crate::protocol::Split;
use crate::settings::Seed;
use crate::train::{Objective, class_weights, plan};

pub struct TagExamples {
    labels: Vec<String>,
    /// Whether the model's own head goes by these labels.
    head_fits: bool,
    splits: Splits<EncodedSentence>,
    pad: i32,
}

impl TagExamples {
    pub fn open(opening: &Opening) -> Result<Self, CliError> {
        let mut data = read(opening.data, opening.whole())?;
        if let Some(known) = &opening.known {
            data = renumbered(data, known, opening.data)?;
        }
        let eval_rows = opening.eval.map(|path| {
            let eval = read(path, Some(Split::Test))?;
            Ok::<_, CliError>(renumbered(eval, &data.labels, path)?.rows)
        });
        data.rows = opening.merged(data.rows, eval_rows.transpose()?, |row| &mut row.split);
        let tokenizer = &opening.base.tokenizer;
        Ok(Self {
            splits: Splits::collect(|split| Ok(data.encode(split, tokenizer, opening.length)?))?,
            head_fits: known(opening.base, None).as_ref() == Some(&data.labels),
            labels: data.labels,
            pad: opening.base.pad(),
        })
    }
}

fn read(path: &Path, whole: Option<Split>) -> Result<TaggedDataset, CliError> {
    Ok(read_tagged(&file_name(path), &read_bytes(path)?, whole)?)
}

/// With the tags numbered as `labels` has them.
fn renumbered(
    mut data: TaggedDataset,
    labels: &[String],
    path: &Path,
) -> Result<TaggedDataset, CliError> {
    let numbers = numbering(&data.labels, labels).map_err(|e| CliError::file(path, e))?;
    for tag in data.rows.iter_mut().flat_map(|row| &mut row.tags) {
        *tag = numbers[*tag];
    }
    data.labels = labels.to_vec();
    Ok(data)
}

impl Examples for TagExamples {
    fn task(&self) -> RunnableTask {
        RunnableTask::TokenClassification
    }

    fn labels(&self) -> Option<&[String]> {
        Some(&self.labels)
    }

    fn objective(&self) -> Objective {
        Objective::TokenClassification
    }

    fn with_head(&self, model: Gpt2, seed: &Seed) -> Gpt2 {
        let own = model.classifier.clone().filter(|_| self.head_fits);
        let head =
            own.unwrap_or_else(|| plan::fresh_head(&model, "classifier", self.labels.len(), seed));
        model.without_heads().with_head("classifier", head)
    }

    fn lengths(&self) -> Vec<usize> {
        self.splits.train().iter().map(|s| s.ids.len()).collect()
    }

    fn batch(&self, indices: &[usize]) -> Batch {
        let sentences = indices.iter().map(|i| &self.splits.train()[*i]);
        let rows: Vec<(&[i32], &[i32])> = sentences.map(|s| (&s.ids[..], &s.labels[..])).collect();
        Batch::of_tokens(&rows, self.pad)
    }

    fn score(&self, model: &Gpt2, split: Split) -> Result<Option<Value>, CliError> {
        let Some(sentences) = self.splits.filled(split) else {
            return Ok(None);
        };
        let model = model.valid();
        let mut answers = Vec::with_capacity(sentences.len());
        for indices in by_length(sentences.iter().map(|s| s.ids.len())) {
            answers.extend(block_on(answer_batch(
                &model, sentences, &indices, self.pad,
            ))?);
        }
        let cut_words = sentences.iter().map(|s| s.cut_words).sum();
        let scores = scores(&answers, &self.labels);
        Ok(Some(tag_metrics(&scores, &self.labels, cut_words)))
    }

    fn balanced(&self) -> Result<Vec<f32>, CliError> {
        let labels = self.splits.train().iter().flat_map(|s| &s.labels);
        let words = labels.filter(|label| **label != IGNORED);
        let classes = words.map(|label| *label as usize);
        Ok(class_weights::balanced_over(classes, self.labels.len()))
    }
}
