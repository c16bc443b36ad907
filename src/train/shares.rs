//! A step's batches cut into shares, one or more for each worker, whose losses add up to the loss of the whole.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::Objective;
use super::loss::{hidden_and_next, labelled_rows, predicted_rows};
use crate::data::batch::Batch;
use crate::settings::even_parts;

/// Some rows of a step's batch, and what their mean loss counts in the step's loss.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Share {
    pub batch: Batch,
    pub weight: f64,
    pub part_of: PartOf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum PartOf {
    /// One of the task's batches; dropout is drawn by the rows' numbers within it.
    Task {
        step: usize,
        batch: usize,
        first_row: usize,
    },
    /// The general text that is replayed, without dropout.
    Replay,
}

/// What decides how much a batch has to teach.
#[derive(Debug, Clone, Copy)]
pub struct Weighing<'a> {
    pub objective: Objective,
    pub class_weights: Option<&'a [f32]>,
}

impl Weighing<'_> {
    /// Cuts the rows of a batch into at most `parts` of about one size, in order, each with the fraction of the
    /// batch's labels that it holds. Parts without any label are left out: their mean loss would be 0 over 0.
    pub fn cut(&self, batch: &Batch, parts: usize) -> Vec<Option<(Range<usize>, f64)>> {
        let all = self.labels(batch);
        if parts <= 1 || all <= 0.0 || !self.can_cut(batch) {
            let whole = Some((0..batch.rows(), 1.0));
            return std::iter::once(whole)
                .chain((1..parts).map(|_| None))
                .collect();
        }
        let part = |rows: Range<usize>| {
            let labels = self.labels(&batch.part(rows.clone()));
            (labels > 0.0).then_some((rows, labels / all))
        };
        even_parts(batch.rows(), parts).map(part).collect()
    }

    /// An answer's start and end are averaged apart; where some lie outside their text, one fraction cannot do for both.
    fn can_cut(&self, batch: &Batch) -> bool {
        let width = batch.width() as i32;
        let inside = |label: &i32| *label < width;
        self.objective != Objective::QuestionAnswering || batch.labels.iter().flatten().all(inside)
    }

    /// What the loss of a batch is divided by.
    fn labels(&self, batch: &Batch) -> f64 {
        let weighted = |classes: &[i32]| match self.class_weights {
            None => classes.len() as f64,
            Some(weights) => classes
                .iter()
                .map(|c| f64::from(weights[*c as usize]))
                .sum(),
        };
        match self.objective {
            Objective::CausalLm => predicted_rows(&batch.labels).0.len() as f64,
            Objective::MaskedLm => labelled_rows(&batch.labels).0.len() as f64,
            // By the hidden words alone. Rows are of one length there, so what the other half of the loss gets
            // differs from its due by the luck of the masks.
            Objective::MaskedLmAndNext => {
                labelled_rows(&hidden_and_next(&batch.labels).0).0.len() as f64
            }
            Objective::TokenClassification => weighted(&labelled_rows(&batch.labels).1),
            Objective::SequenceClassification { .. } => {
                let classes: Vec<i32> = batch.labels.iter().map(|row| row[0]).collect();
                weighted(&classes)
            }
            // Class weights stand within the mean here, not beside it.
            Objective::MultiLabelClassification { .. } | Objective::QuestionAnswering => {
                batch.rows() as f64
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::batch::IGNORED;

    const PLAIN: Weighing = Weighing {
        objective: Objective::SequenceClassification { pad: None },
        class_weights: None,
    };

    fn texts(labels: &[i32]) -> Batch {
        let texts: Vec<(&[i32], i32)> = labels.iter().map(|label| (&[1, 2][..], *label)).collect();
        Batch::classification(&texts, 0)
    }

    #[test]
    fn every_row_is_in_one_part_and_the_fractions_make_a_whole() {
        let cut = PLAIN.cut(&texts(&[0, 1, 0, 1, 1]), 2);
        assert_eq!(cut, [Some((0..2, 0.4)), Some((2..5, 0.6))]);
        let cut = PLAIN.cut(&texts(&[0, 1]), 3);
        assert_eq!(cut, [Some((0..1, 0.5)), Some((1..2, 0.5)), None]);
    }

    #[test]
    fn parts_weigh_by_their_labels() {
        let weights = [1.0, 3.0];
        let weighing = Weighing {
            class_weights: Some(&weights),
            ..PLAIN
        };
        let cut = weighing.cut(&texts(&[0, 0, 1, 1]), 2);
        assert_eq!(cut, [Some((0..2, 0.25)), Some((2..4, 0.75))]);
        let tags = Batch::of_tokens(
            &[
                (&[1, 2, 3], &[0, IGNORED, 1]),
                (&[4], &[IGNORED]),
                (&[4], &[1]),
            ],
            0,
        );
        let weighing = Weighing {
            objective: Objective::TokenClassification,
            class_weights: None,
        };
        let cut = weighing.cut(&tags, 3);
        let third = Some((2..3, 1.0 / 3.0));
        assert_eq!(cut, [Some((0..1, 2.0 / 3.0)), None, third]);
    }

    #[test]
    fn a_batch_without_labels_or_with_ends_outside_stays_whole() {
        let blank = Batch::of_tokens(&[(&[1], &[IGNORED]), (&[2], &[IGNORED])], 0);
        let weighing = Weighing {
            objective: Objective::MaskedLm,
            class_weights: None,
        };
        assert_eq!(weighing.cut(&blank, 2), [Some((0..2, 1.0)), None]);
        let mut answers = texts(&[0, 0]);
        answers.labels = vec![vec![0, 1], vec![1, 9]];
        let weighing = Weighing {
            objective: Objective::QuestionAnswering,
            class_weights: None,
        };
        assert_eq!(weighing.cut(&answers, 2), [Some((0..2, 1.0)), None]);
    }
}
