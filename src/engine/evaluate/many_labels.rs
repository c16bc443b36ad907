//! Scoring texts that have any number of labels.

use serde::{Deserialize, Serialize};

use crate::data::batch::Batch;
use crate::data::many_labels::EncodedManyLabels;
use crate::engine::metrics::{Counts, macro_f1_of_labels, mean_nats};
use crate::faults::Fault;
use crate::model::network::Network;
use crate::model::numbers;

/// A label is given from this probability on.
pub const THRESHOLD: f64 = 0.5;

/// What was answered to one text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ManyAnswer {
    /// Index of the text in what was scored.
    pub index: usize,
    pub truth: Vec<bool>,
    /// One for each label, each by itself.
    pub probabilities: Vec<f64>,
    /// Mean binary cross-entropy over the labels.
    pub loss_nats: f64,
}

impl ManyAnswer {
    fn new(index: usize, answers: &[i32], logits: &[f32]) -> Self {
        let logits = logits.iter().map(|logit| f64::from(*logit));
        let truth: Vec<bool> = answers.iter().map(|yes| *yes == 1).collect();
        let cost = |(logit, yes): (f64, &bool)| softplus(if *yes { -logit } else { logit });
        let nats: f64 = logits.clone().zip(&truth).map(cost).sum();
        Self {
            index,
            loss_nats: nats / truth.len().max(1) as f64,
            probabilities: logits.map(|logit| 1.0 / (1.0 + (-logit).exp())).collect(),
            truth,
        }
    }

    /// Whether each label is given.
    pub fn given(&self) -> impl Iterator<Item = bool> {
        self.probabilities.iter().map(|p| *p >= THRESHOLD)
    }
}

/// `ln(1 + eˣ)`
fn softplus(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}

pub async fn answer_batch<M: Network>(
    model: &M,
    texts: &[EncodedManyLabels],
    indices: &[usize],
    pad: i32,
) -> Result<Vec<ManyAnswer>, Fault> {
    let rows = indices.iter().map(|i| &texts[*i].ids[..]);
    let batch = Batch::padded(rows, Vec::new(), pad);
    let logits = super::text_logits(model, &batch, pad)?;
    let [_, labels] = logits.dims();
    let values = numbers::values("logits", logits).await?;
    Ok(indices
        .iter()
        .zip(values.chunks(labels))
        .map(|(&index, logits)| ManyAnswer::new(index, &texts[index].answers, logits))
        .collect())
}

#[derive(Debug, Clone, PartialEq)]
pub struct ManyScores {
    pub examples: usize,
    pub loss_nats: f64,
    /// All labels together.
    pub micro: Counts,
    pub macro_f1: f64,
    /// Share of texts with all their labels and no other.
    pub exact: f64,
    pub by_label: Vec<Counts>,
}

pub fn scores(answers: &[ManyAnswer], labels: usize) -> ManyScores {
    let mut by_label = vec![Counts::default(); labels];
    let mut exact = 0;
    for answer in answers {
        let given: Vec<bool> = answer.given().collect();
        exact += usize::from(given == answer.truth);
        for (counts, (given, there)) in by_label.iter_mut().zip(given.iter().zip(&answer.truth)) {
            counts.note(*given, *there);
        }
    }
    let examples = answers.len().max(1) as f64;
    ManyScores {
        examples: answers.len(),
        loss_nats: mean_nats(answers.iter().map(|a| a.loss_nats).sum(), answers.len()),
        micro: Counts::together(by_label.iter()),
        macro_f1: macro_f1_of_labels(&by_label),
        exact: exact as f64 / examples,
        by_label,
    }
}

impl ManyScores {
    /// Of one label, as scikit-learn's `multilabel_confusion_matrix`: rows the truth, columns the answer, no before yes.
    pub fn confusion(&self, label: usize) -> [[usize; 2]; 2] {
        let counts = self.by_label[label];
        let missed = counts.support - counts.right;
        let wrongly = counts.answered - counts.right;
        let rightly_not = self.examples - counts.right - missed - wrongly;
        [[rightly_not, wrongly], [missed, counts.right]]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_given_from_a_half_on_and_counted_as_scikit_learn_counts() {
        let answers = [
            ManyAnswer::new(0, &[1, 0, 1], &[2.0, -1.0, -0.5]),
            ManyAnswer::new(1, &[0, 0, 0], &[-1.0, -1.0, 0.0]),
            ManyAnswer::new(2, &[1, 1, 0], &[1.0, -1.0, -1.0]),
            ManyAnswer::new(3, &[0, 0, 1], &[-1.0, -2.0, 3.0]),
            ManyAnswer::new(4, &[1, 0, 0], &[-1.0, -1.0, -1.0]),
        ];
        let scores = scores(&answers, 3);
        assert!((scores.micro.f1() - 0.6).abs() < 1e-12);
        assert!((scores.exact - 0.2).abs() < 1e-12);
        assert_eq!(scores.confusion(0), [[2, 0], [1, 2]]);
        assert_eq!(scores.confusion(1), [[4, 0], [1, 0]]);
        assert_eq!(scores.confusion(2), [[2, 1], [1, 1]]);
        let expected = (softplus(-2.0) + softplus(-1.0) + softplus(0.5)) / 3.0;
        assert!((answers[0].loss_nats - expected).abs() < 1e-12);
        assert!((softplus(0.0) - 2f64.ln()).abs() < 1e-12);
    }
}
