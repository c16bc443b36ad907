//! Scoring a classifier on labelled texts; the other tasks each have a file here.

pub mod answers;
pub mod completions;
pub mod many_labels;
pub mod tags;

use burn::prelude::*;
use serde::{Deserialize, Serialize};

use crate::data::batch::Batch;
use crate::data::labelled::EncodedText;
use crate::engine::metrics::{mean_nats, nats_of};
use crate::faults::Fault;
use crate::model::network::Network;
use crate::model::numbers;
use crate::model::parts::Pass;
use crate::protocol::{Confusion, Scores, TaskScores};

/// Texts of a batch when scoring.
pub const SCORING_BATCH: usize = 32;

/// The classifier's answer to one text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// Index of the text in what was scored.
    pub index: usize,
    pub truth: usize,
    pub probabilities: Vec<f64>,
}

impl Answer {
    pub fn label(&self) -> usize {
        highest(&self.probabilities)
    }

    pub fn loss_nats(&self) -> f64 {
        nats_of(self.probabilities[self.truth])
    }
}

/// Groups of text indices of nearly equal length, so that little is spent on padding.
pub fn scoring_batches(texts: &[EncodedText]) -> Vec<Vec<usize>> {
    by_length(texts.iter().map(|text| text.ids.len()))
}

/// The same for anything that has a length.
pub fn by_length(lengths: impl Iterator<Item = usize>) -> Vec<Vec<usize>> {
    let lengths: Vec<usize> = lengths.collect();
    let mut order: Vec<usize> = (0..lengths.len()).collect();
    order.sort_by_key(|i| lengths[*i]);
    order.chunks(SCORING_BATCH).map(<[usize]>::to_vec).collect()
}

/// The index of the largest.
fn highest(values: &[f64]) -> usize {
    let best = values.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1));
    best.map_or(0, |(index, _)| index)
}

/// Answers to the texts that `indices` names.
pub async fn answer_batch<M: Network>(
    model: &M,
    texts: &[EncodedText],
    indices: &[usize],
    pad: i32,
) -> Result<Vec<Answer>, Fault> {
    let rows: Vec<(&[i32], i32)> = indices
        .iter()
        .map(|i| (&texts[*i].ids[..], texts[*i].label as i32))
        .collect();
    let batch = Batch::classification(&rows, pad);
    let logits = text_logits(model, &batch, pad)?;
    answers(logits, texts, indices).await
}

/// Scores of each label of a batch's texts, `[batch, labels]`.
pub(super) fn text_logits<M: Network>(
    model: &M,
    batch: &Batch,
    pad: i32,
) -> Result<Tensor<2>, Fault> {
    let mut pass = Pass::asking(model.text_rows(&batch.ids, Some(pad)));
    let read = model.hidden(batch.tokens(), &mut pass);
    model
        .text_logits(read, &mut pass)
        .ok_or_else(|| Fault::internal("the model has no classification head"))
}

/// What `logits: [indices, labels]` say of the texts that `indices` names.
pub async fn answers(
    logits: Tensor<2>,
    texts: &[EncodedText],
    indices: &[usize],
) -> Result<Vec<Answer>, Fault> {
    let [_, labels] = logits.dims();
    let values = numbers::values("logits", logits).await?;
    Ok(indices
        .iter()
        .zip(values.chunks(labels))
        .map(|(&index, logits)| Answer {
            index,
            truth: texts[index].label,
            probabilities: softmax(logits),
        })
        .collect())
}

pub(crate) fn softmax(logits: &[f32]) -> Vec<f64> {
    let highest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let weights: Vec<f64> = logits
        .iter()
        .map(|l| f64::from(l - highest).exp())
        .collect();
    let total: f64 = weights.iter().sum();
    weights.into_iter().map(|w| w / total).collect()
}

/// Mean loss and accuracy, those of the hard texts apart.
pub fn scores(answers: &[Answer], texts: &[EncodedText]) -> Scores {
    let right = |a: &&Answer| a.label() == a.truth;
    let share = |n: usize, of: usize| n as f64 / of.max(1) as f64;
    let hard: Vec<&Answer> = answers
        .iter()
        .filter(|a| !texts[a.index].hard.is_empty())
        .collect();
    let hard_right = hard.iter().filter(|a| right(a)).count();
    Scores {
        examples: answers.len(),
        loss_nats: mean_nats(answers.iter().map(Answer::loss_nats).sum(), answers.len()),
        accuracy: share(answers.iter().filter(right).count(), answers.len()),
        hard_accuracy: (!hard.is_empty()).then(|| share(hard_right, hard.len())),
        hard_examples: hard.len(),
        own: TaskScores::default(),
    }
}

pub fn confusion(answers: &[Answer], labels: usize) -> Confusion {
    let mut counts = vec![vec![0; labels]; labels];
    for answer in answers {
        counts[answer.truth][answer.label()] += 1;
    }
    Confusion { counts }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(label: usize, hard: &str) -> EncodedText {
        EncodedText {
            ids: vec![1],
            label,
            hard: hard.into(),
        }
    }

    #[test]
    fn accuracy_loss_and_confusion_of_three_answers() {
        let texts = [text(0, ""), text(1, "irony"), text(1, "")];
        let answers = [
            Answer {
                index: 0,
                truth: 0,
                probabilities: vec![0.5, 0.5],
            },
            Answer {
                index: 1,
                truth: 1,
                probabilities: vec![0.75, 0.25],
            },
            Answer {
                index: 2,
                truth: 1,
                probabilities: vec![0.2, 0.8],
            },
        ];
        let scores = scores(&answers, &texts);
        // Equal probabilities: the later label is answered, so the first text is wrong too.
        assert_eq!(scores.accuracy, 1.0 / 3.0);
        assert_eq!((scores.hard_accuracy, scores.hard_examples), (Some(0.0), 1));
        let expected = -(0.5f64.ln() + 0.25f64.ln() + 0.8f64.ln()) / 3.0;
        assert!((scores.loss_nats - expected).abs() < 1e-12);
        assert_eq!(confusion(&answers, 2).counts, [[0, 1], [1, 1]]);
    }

    #[test]
    fn nan_stays_nan_and_no_answers_have_no_loss() {
        let broken = Answer {
            index: 0,
            truth: 0,
            probabilities: softmax(&[f32::NAN, 1.0]),
        };
        assert!(scores(&[broken], &[text(0, "")]).loss_nats.is_nan());
        let none = scores(&[], &[]);
        assert!(none.examples == 0 && none.loss_nats.is_nan());
    }
}
