//! `gelu_new` in one pass.

use burn::prelude::*;

use super::kernel::{Forward, Kernel, Saved, apply};
use super::math::{for_each_chunk, sigmoid};

const DOUBLED: f32 = 1.595_769; // 2 √(2/π)
const CUBIC: f32 = 0.044_715;
const CHUNK: usize = 16 * 1024;

#[derive(Debug, Clone)]
struct Gelu {
    shape: [usize; 2],
}

/// `½ x (1 + tanh(√(2/π) (x + 0.044715 x³)))`, written as `x · sigmoid(2 …)`.
pub fn gelu_new(x: Tensor<2>) -> Tensor<2> {
    apply(Gelu { shape: x.dims() }, [x.into()])
}

impl Kernel<1> for Gelu {
    fn forward(&self, [x]: [&[f32]; 1]) -> Forward {
        let mut output = vec![0f32; x.len()];
        for_each_chunk(&mut output, CHUNK, |i, out| {
            for (y, x) in out.iter_mut().zip(&x[i * CHUNK..]) {
                *y = x * sigmoid(DOUBLED * x * (1.0 + CUBIC * x * x));
            }
        });
        Forward {
            output,
            shape: self.shape.to_vec(),
            kept: Vec::new(),
        }
    }

    fn backward(&self, saved: Saved<1>, gradient: &[f32], _: [bool; 1]) -> [Option<Vec<f32>>; 1] {
        let [x] = saved.inputs;
        let mut result = vec![0f32; x.len()];
        for_each_chunk(&mut result, CHUNK, |i, out| {
            let from = i * CHUNK;
            for ((d, x), g) in out.iter_mut().zip(&x[from..]).zip(&gradient[from..]) {
                let s = sigmoid(DOUBLED * x * (1.0 + CUBIC * x * x));
                let slope = DOUBLED * (1.0 + 3.0 * CUBIC * x * x);
                *d = g * (s + x * s * (1.0 - s) * slope);
            }
        });
        [Some(result)]
    }
}
