//! Cross-entropy of a head as wide as the vocabulary, without ever holding all of its logits where they are many.
//!
//! The derivative of a row's loss by its hidden state, `(softmax − one-hot) · head`, needs that row's
//! logits alone. So forward computes the logits of a few rows, leaves loss and derivative, and goes on to
//! the next rows; backward only scales. Where the head trains too, what the logits have become is kept if they are few, and
//! else backward computes them once more.

use burn::prelude::*;

use super::kernel::{Forward, Kernel, Saved, apply};
use super::math::{
    View, exp, for_each_chunk_of, long_sum_of, matmul, max_of, parallelism, product,
};

#[derive(Debug, Clone)]
struct HeadNll {
    classes: Vec<i32>,
    d_model: usize,
    vocabulary: usize,
    rows_at_once: usize,
    /// Whether backward may follow.
    tracked: bool,
    /// Whether what the logits have become is kept for the head's own gradient.
    keeps_slopes: bool,
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
        keeps_slopes: head.is_require_grad() && classes.len() <= rows_at_once,
    };
    apply(kernel, [hidden.into(), head.into()])
}

impl Kernel<2> for HeadNll {
    /// Keeps the derivative of every row's loss by its hidden state, and behind it, where the head trains and there is room,
    /// those by the logits.
    fn forward(&self, [hidden, head]: [&[f32]; 2]) -> Forward {
        let (rows, d_model) = (self.classes.len(), self.d_model);
        let for_hidden = if self.tracked { hidden.len() } else { 0 };
        let mut kept = vec![0f32; for_hidden + self.room()];
        let (slopes, logits) = kept.split_at_mut(for_hidden);
        let mut output = Vec::with_capacity(rows);
        for first in (0..rows).step_by(self.rows_at_once) {
            let count = self.logits(first, [hidden, head], logits);
            let logits = &mut logits[..count * self.vocabulary];
            output.extend(self.make_slopes(first, logits));
            if self.tracked {
                let place = &mut slopes[first * d_model..(first + count) * d_model];
                let factors = (
                    View::rows(logits, self.vocabulary),
                    View::rows(head, d_model),
                );
                let sizes = (count, d_model, self.vocabulary);
                matmul(place, d_model, false, factors, 1.0, sizes, parallelism());
            }
        }
        if !self.keeps_slopes {
            kept.truncate(for_hidden);
            kept.shrink_to_fit();
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
        let [hidden, head] = saved.inputs;
        let (by_hidden, by_logits) = saved.kept.split_at(hidden.len());
        let for_head = wanted[1].then(|| {
            let weighed = self.rows_times(hidden, gradient);
            match self.keeps_slopes {
                true => self.for_head(by_logits, &weighed),
                false => self.for_head_anew([hidden, head], &weighed),
            }
        });
        [
            wanted[0].then(|| self.rows_times(by_hidden, gradient)),
            for_head,
        ]
    }
}

impl HeadNll {
    /// How many logits there are at a time.
    fn room(&self) -> usize {
        self.rows_at_once.min(self.classes.len()) * self.vocabulary
    }

    /// Every row of `[rows, d_model]` times a number of its own.
    fn rows_times(&self, values: &[f32], factors: &[f32]) -> Vec<f32> {
        let rows = values.chunks_exact(self.d_model).zip(factors);
        rows.flat_map(|(row, factor)| row.iter().map(move |value| factor * value))
            .collect()
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
        let mut losses = vec![0f32; logits.len() / self.vocabulary];
        let places = [&mut losses[..], logits];
        for_each_chunk_of(places, [1, self.vocabulary], |i, [loss, row]| {
            let class = classes[i] as usize;
            let (highest, own) = (max_of(row), row[class]);
            for value in row.iter_mut() {
                *value = exp(*value - highest);
            }
            let sum = long_sum_of(row, |value| value);
            loss[0] = highest + sum.ln() - own;
            if self.tracked {
                let scale = 1.0 / sum;
                for value in row.iter_mut() {
                    *value *= scale;
                }
                row[class] -= 1.0;
            }
        });
        losses
    }

    /// `Σ (softmax − one-hot)ᵀ weighed`
    fn for_head(&self, slopes: &[f32], weighed: &[f32]) -> Vec<f32> {
        let (d_model, vocabulary) = (self.d_model, self.vocabulary);
        let factors = (
            View::rows(slopes, vocabulary).transposed(),
            View::rows(weighed, d_model),
        );
        product(factors, 1.0, (vocabulary, d_model, self.classes.len()))
    }

    /// The same where nothing of the logits was kept.
    fn for_head_anew(&self, [hidden, head]: [&[f32]; 2], weighed: &[f32]) -> Vec<f32> {
        let (d_model, vocabulary) = (self.d_model, self.vocabulary);
        let mut result = vec![0f32; head.len()];
        let mut logits = vec![0f32; self.room()];
        for first in (0..self.classes.len()).step_by(self.rows_at_once) {
            let count = self.logits(first, [hidden, head], &mut logits);
            let slopes = &mut logits[..count * vocabulary];
            self.make_slopes(first, slopes);
            let factors = (
                View::rows(slopes, vocabulary).transposed(),
                View::rows(&weighed[first * d_model..], d_model),
            );
            let sizes = (vocabulary, d_model, count);
            let all = parallelism();
            matmul(&mut result, d_model, true, factors, 1.0, sizes, all);
        }
        result
    }
}
