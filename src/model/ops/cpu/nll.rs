//! Cross-entropy rows without a table of log-probabilities.

use burn::prelude::*;

use super::kernel::{Forward, Kernel, Saved, apply};
use super::math::{exp, for_each_chunk, long_sum_of, max_of};

#[derive(Debug, Clone)]
struct Nll {
    classes: Vec<i32>,
    width: usize,
}

pub fn nll(logits: Tensor<2>, classes: &[i32]) -> Tensor<2> {
    let [_, width] = logits.dims();
    apply(
        Nll {
            classes: classes.to_vec(),
            width,
        },
        [logits.into()],
    )
}

impl Kernel<1> for Nll {
    /// Keeps each row's log-sum-exp.
    fn forward(&self, [logits]: [&[f32]; 1]) -> Forward {
        let width = self.width;
        let rows = self.classes.len();
        let mut kept = vec![0f32; rows];
        for_each_chunk(&mut kept, 1, |i, out| {
            let row = &logits[i * width..(i + 1) * width];
            let highest = max_of(row);
            out[0] = highest + long_sum_of(row, |logit| exp(logit - highest)).ln();
        });
        let output = (0..rows)
            .map(|i| kept[i] - logits[i * width + self.class(i)])
            .collect();
        Forward {
            output,
            shape: vec![rows, 1],
            kept,
        }
    }

    /// `g · (softmax − one-hot)`.
    fn backward(&self, saved: Saved<1>, gradient: &[f32], _: [bool; 1]) -> [Option<Vec<f32>>; 1] {
        let width = self.width;
        let [logits] = saved.inputs;
        let mut result = vec![0f32; logits.len()];
        for_each_chunk(&mut result, width, |i, out| {
            let (log_sum, g) = (saved.kept[i], gradient[i]);
            for (d, logit) in out.iter_mut().zip(&logits[i * width..]) {
                *d = g * exp(logit - log_sum);
            }
            out[self.class(i)] -= g;
        });
        [Some(result)]
    }
}

impl Nll {
    fn class(&self, row: usize) -> usize {
        self.classes[row] as usize
    }
}
