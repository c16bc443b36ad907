//! Layer normalisation, one pass forward and one backward.

use burn::prelude::*;

use super::kernel::{Forward, Kernel, Saved, apply};
use super::math::{for_each_chunk, sum_of};

#[derive(Debug, Clone)]
struct LayerNorm {
    rows: usize,
    width: usize,
    epsilon: f32,
}

pub fn layer_norm(x: Tensor<2>, gain: Tensor<1>, bias: Tensor<1>, epsilon: f64) -> Tensor<2> {
    let [rows, width] = x.dims();
    let kernel = LayerNorm {
        rows,
        width,
        epsilon: epsilon as f32,
    };
    apply(kernel, [x.into(), gain.into(), bias.into()])
}

impl Kernel<3> for LayerNorm {
    /// Keeps each row's mean and reciprocal deviation.
    fn forward(&self, [x, gain, bias]: [&[f32]; 3]) -> Forward {
        let width = self.width;
        let mut kept = vec![0f32; 2 * self.rows];
        for_each_chunk(&mut kept, 2, |i, moments| {
            moments.copy_from_slice(&self.moments(&x[i * width..(i + 1) * width]));
        });
        let mut output = vec![0f32; x.len()];
        for_each_chunk(&mut output, width, |i, out| {
            let (mean, scale) = (kept[2 * i], kept[2 * i + 1]);
            let row = &x[i * width..(i + 1) * width];
            for (((y, x), g), b) in out.iter_mut().zip(row).zip(gain).zip(bias) {
                *y = (x - mean) * scale * g + b;
            }
        });
        Forward {
            output,
            shape: vec![self.rows, width],
            kept,
        }
    }

    fn backward(
        &self,
        saved: Saved<3>,
        gradient: &[f32],
        wanted: [bool; 3],
    ) -> [Option<Vec<f32>>; 3] {
        let [x, gain, _] = saved.inputs;
        [
            wanted[0].then(|| self.input_gradient(x, gain, saved.kept, gradient)),
            wanted[1].then(|| self.gain_gradient(x, saved.kept, gradient)),
            wanted[2].then(|| super::linear::sum_rows(gradient, self.width)),
        ]
    }
}

impl LayerNorm {
    #[inline(always)]
    fn moments(&self, row: &[f32]) -> [f32; 2] {
        let count = self.width as f32;
        let mean = sum_of([row], |[x]| x) / count;
        let variance = sum_of([row], |[x]| (x - mean) * (x - mean)) / count;
        [mean, 1.0 / (variance + self.epsilon).sqrt()]
    }

    /// `scale · (g γ − mean(g γ) − x̂ · mean(g γ x̂))`, with x̂ the normalised row.
    fn input_gradient(&self, x: &[f32], gain: &[f32], kept: &[f32], gradient: &[f32]) -> Vec<f32> {
        let width = self.width;
        let mut result = vec![0f32; x.len()];
        for_each_chunk(&mut result, width, |i, out| {
            let (mean, scale) = (kept[2 * i], kept[2 * i + 1]);
            let (x, g) = (
                &x[i * width..(i + 1) * width],
                &gradient[i * width..(i + 1) * width],
            );
            let count = width as f32;
            let level = sum_of([g, gain], |[g, gain]| g * gain) / count;
            let tilt = sum_of([g, gain, x], |[g, gain, x]| g * gain * (x - mean) * scale) / count;
            for (((d, x), g), gain) in out.iter_mut().zip(x).zip(g).zip(gain) {
                *d = scale * (g * gain - level - (x - mean) * scale * tilt);
            }
        });
        result
    }

    fn gain_gradient(&self, x: &[f32], kept: &[f32], gradient: &[f32]) -> Vec<f32> {
        let width = self.width;
        let mut result = vec![0f32; width];
        for (i, (x, g)) in x
            .chunks_exact(width)
            .zip(gradient.chunks_exact(width))
            .enumerate()
        {
            let (mean, scale) = (kept[2 * i], kept[2 * i + 1]);
            for ((sum, x), g) in result.iter_mut().zip(x).zip(g) {
                *sum += g * (x - mean) * scale;
            }
        }
        result
    }
}
