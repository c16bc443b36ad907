//! Multi-label classification: any number of labels for a text.

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
use crate::cli::scoring::many_label_metrics;
use crate::data::batch::Batch;
use crate::data::many_labels::{EncodedManyLabels, ManyLabelsDataset};
use crate::data::reader::read_many_labels;
use crate::engine::evaluate::by_length;
use crate::engine::evaluate::many_labels::{answer_batch, scores};
use crate::model::gpt2::Gpt2;
use crate::protocol::Split;
use crate::settings::Seed;
use crate::train::{Objective, class_weights, plan};

pub struct ManyLabelExamples {
    labels: Vec<String>,
    /// Whether the model's own head goes by these labels.
    head_fits: bool,
    splits: Splits<EncodedManyLabels>,
    pad: i32,
}

impl ManyLabelExamples {
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

fn read(path: &Path, whole: Option<Split>) -> Result<ManyLabelsDataset, CliError> {
    Ok(read_many_labels(
        &file_name(path),
        &read_bytes(path)?,
        whole,
    )?)
}

/// With the labels in the order of `labels`; one that the data does not have is no everywhere.
fn renumbered(
    data: ManyLabelsDataset,
    labels: &[String],
    path: &Path,
) -> Result<ManyLabelsDataset, CliError> {
    let numbers = numbering(&data.labels, labels).map_err(|e| CliError::file(path, e))?;
    let mut rows = data.rows;
    for row in &mut rows {
        let mut has = vec![false; labels.len()];
        for (number, own) in numbers.iter().zip(&row.has) {
            has[*number] = *own;
        }
        row.has = has;
    }
    let labels = labels.to_vec();
    Ok(ManyLabelsDataset { labels, rows })
}

impl Examples for ManyLabelExamples {
    fn task(&self) -> RunnableTask {
        RunnableTask::MultiLabelClassification
    }

    fn labels(&self) -> Option<&[String]> {
        Some(&self.labels)
    }

    fn objective(&self) -> Objective {
        let pad = Some(self.pad);
        Objective::MultiLabelClassification { pad }
    }

    fn with_head(&self, model: Gpt2, seed: &Seed) -> Gpt2 {
        let own = model.score.clone().filter(|_| self.head_fits);
        let head = own.unwrap_or_else(|| plan::fresh_score(&model, self.labels.len(), seed));
        model.without_heads().with_score(head)
    }

    fn lengths(&self) -> Vec<usize> {
        self.splits.train().iter().map(|t| t.ids.len()).collect()
    }

    fn batch(&self, indices: &[usize]) -> Batch {
        let texts = indices.iter().map(|i| &self.splits.train()[*i]);
        let answers = texts.clone().map(|text| text.answers.clone()).collect();
        Batch::padded(texts.map(|text| &text.ids[..]), answers, self.pad)
    }

    fn score(&self, model: &Gpt2, split: Split) -> Result<Option<Value>, CliError> {
        let Some(texts) = self.splits.filled(split) else {
            return Ok(None);
        };
        let model = model.valid();
        let mut answers = Vec::with_capacity(texts.len());
        for indices in by_length(texts.iter().map(|t| t.ids.len())) {
            answers.extend(block_on(answer_batch(&model, texts, &indices, self.pad))?);
        }
        let scores = scores(&answers, self.labels.len());
        Ok(Some(many_label_metrics(&scores, &self.labels)))
    }

    /// Of the yes of each label, as `BCEWithLogitsLoss`'s `pos_weight`.
    fn balanced(&self) -> Result<Vec<f32>, CliError> {
        let texts = self.splits.train();
        let has = |label: usize| texts.iter().filter(|text| text.answers[label] == 1).count();
        let yes: Vec<usize> = (0..self.labels.len()).map(has).collect();
        Ok(class_weights::balanced_yes(&yes, texts.len()))
    }
}
