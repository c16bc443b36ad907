//! Cross-entropy of a head as wide as the vocabulary, without ever holding all of its logits.
//!
//! The derivative of a row's loss by its hidden state, `(softmax − one-hot) · head`, needs that row's
//! logits alone. So forward computes the logits of a few rows, leaves loss and derivative, and goes on to
//! the next rows; backward only scales. Where the head trains too, backward computes the logits once more.

use burn::prelude::*;

use super::kernel::{Forward, Kernel, Saved, apply};
use super::math::{View, exp, for_each_chunk, long_sum_of, matmul, max_of, parallelism};

#[derive(Debug, Clone)]
struct HeadNll {
    classes: Vec<i32>,
    d_model: usize,
    vocabulary: usize,
    rows_at_once: usize,
    /// Whether backward may follow.
    tracked: bool,
}

/// `hidden: [rows, d_model]`, `head: [vocabulary, d_model]` → `[rows, 1]`.
pub fn head_nll(
    hidden: Tensor<2>,
    head: Tensor<2>,
    classes: &[i32],
    rows_at_once: usize,
) -> Tensor<2> {
    let [vocabulary, d_model] = head.dims();
    let kernel = HeadNll {
        classes: classes.to_vec(),
        d_model,
        vocabulary,
        rows_at_once,
        tracked: hidden.is_autodiff() || head.is_autodiff(),
    };
    apply(kernel, [hidden.into(), head.into()])
}

impl Kernel<2> for HeadNll {
    /// Keeps the derivative of every row's loss by its hidden state.
    fn forward(&self, [hidden, head]: [&[f32]; 2]) -> Forward {
        let rows = self.classes.len();
        let mut output = Vec::with_capacity(rows);
        let mut kept = vec![0f32; if self.tracked { hidden.len() } else { 0 }];
        let mut logits = self.room();
        for first in (0..rows).step_by(self.rows_at_once) {
            let count = self.logits(first, [hidden, head], &mut logits);
            let logits = &mut logits[..count * self.vocabulary];
            output.extend(self.make_slopes(first, logits));
            if self.tracked {
                let d_model = self.d_model;
                matmul(
                    &mut kept[first * d_model..(first + count) * d_model],
                    d_model,
                    false,
                    (
                        View::rows(logits, self.vocabulary),
                        View::rows(head, d_model),
                    ),
                    1.0,
                    (count, d_model, self.vocabulary),
                    parallelism(),
                );
            }
        }
        Forward {
            output,
            shape: vec![rows, 1],
            kept,
        }
    }

    fn backward(
        &self,
        saved: Saved<2>,
        gradient: &[f32],
        wanted: [bool; 2],
    ) -> [Option<Vec<f32>>; 2] {
        let for_hidden = wanted[0].then(|| {
            let rows = saved.kept.chunks_exact(self.d_model).zip(gradient);
            rows.flat_map(|(row, g)| row.iter().map(move |slope| g * slope))
                .collect()
        });
        let for_head = wanted[1].then(|| self.for_head(saved.inputs, gradient));
        [for_hidden, for_head]
    }
}

impl HeadNll {
    fn room(&self) -> Vec<f32> {
        vec![0f32; self.rows_at_once.min(self.classes.len()) * self.vocabulary]
    }

    /// Writes the logits of the rows from `first` on; returns how many rows there are.
    fn logits(&self, first: usize, [hidden, head]: [&[f32]; 2], into: &mut [f32]) -> usize {
        let (d_model, vocabulary) = (self.d_model, self.vocabulary);
        let count = self.rows_at_once.min(self.classes.len() - first);
        let factors = (
            View::rows(&hidden[first * d_model..], d_model),
            View::rows(head, d_model).transposed(),
        );
        let sizes = (count, vocabulary, d_model);
        matmul(into, vocabulary, false, factors, 1.0, sizes, parallelism());
        count
    }

    /// Turns logits into `softmax − one-hot`, and gives each row's loss.
    fn make_slopes(&self, first: usize, logits: &mut [f32]) -> Vec<f32> {
        let classes = &self.classes[first..];
        let of_class = |row: &[f32], i: usize| row[classes[i] as usize];
        let vocabulary = self.vocabulary;
        let mut log_sums = vec![0f32; logits.len() / vocabulary];
        for_each_chunk(&mut log_sums, 1, |i, log_sum| {
            let row = &logits[i * vocabulary..(i + 1) * vocabulary];
            let highest = max_of(row);
            log_sum[0] = highest + long_sum_of(row, |logit| exp(logit - highest)).ln();
        });
        let rows = logits.chunks_exact(vocabulary).enumerate();
        let losses = rows
            .map(|(i, row)| log_sums[i] - of_class(row, i))
            .collect();
        if self.tracked {
            for_each_chunk(logits, vocabulary, |i, row| {
                for value in row.iter_mut() {
                    *value = exp(*value - log_sums[i]);
                }
                row[classes[i] as usize] -= 1.0;
            });
        }
        losses
    }

    /// `Σ g (softmax − one-hot)ᵀ hidden`
    fn for_head(&self, [hidden, head]: [&[f32]; 2], gradient: &[f32]) -> Vec<f32> {
        let (d_model, vocabulary) = (self.d_model, self.vocabulary);
        let mut result = vec![0f32; head.len()];
        let mut logits = self.room();
        for first in (0..self.classes.len()).step_by(self.rows_at_once) {
            let count = self.logits(first, [hidden, head], &mut logits);
            let slopes = &mut logits[..count * vocabulary];
            self.make_slopes(first, slopes);
            for (row, g) in slopes.chunks_exact_mut(vocabulary).zip(&gradient[first..]) {
                for slope in row {
                    *slope *= g;
                }
            }
            let factors = (
                View::rows(slopes, vocabulary).transposed(),
                View::rows(&hidden[first * d_model..], d_model),
            );
            let sizes = (vocabulary, d_model, count);
            matmul(
                &mut result,
                d_model,
                true,
                factors,
                1.0,
                sizes,
                parallelism(),
            );
        }
        result
    }
}
