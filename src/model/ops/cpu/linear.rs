//! `x W + b`, the bias written first and the product added onto it.

use burn::prelude::*;

use super::kernel::{Forward, Kernel, Saved, apply};
use super::math::{View, matmul, parallelism, product};

#[derive(Debug, Clone, Copy)]
pub struct Linear {
    pub rows: usize,
    pub d_in: usize,
    pub d_out: usize,
}

pub fn linear(x: Tensor<2>, weight: Tensor<2>, bias: Tensor<1>) -> Tensor<2> {
    let ([rows, d_in], [_, d_out]) = (x.dims(), weight.dims());
    apply(
        Linear { rows, d_in, d_out },
        [x.into(), weight.into(), bias.into()],
    )
}

impl Kernel<3> for Linear {
    fn forward(&self, [x, weight, bias]: [&[f32]; 3]) -> Forward {
        let Self { rows, d_in, d_out } = *self;
        let mut output = Vec::with_capacity(rows * d_out);
        for _ in 0..rows {
            output.extend_from_slice(bias);
        }
        let factors = (View::rows(x, d_in), View::rows(weight, d_out));
        matmul(
            &mut output,
            d_out,
            true,
            factors,
            1.0,
            (rows, d_out, d_in),
            parallelism(),
        );
        Forward {
            output,
            shape: vec![rows, d_out],
            kept: Vec::new(),
        }
    }

    fn backward(
        &self,
        saved: Saved<3>,
        gradient: &[f32],
        wanted: [bool; 3],
    ) -> [Option<Vec<f32>>; 3] {
        let Self { rows, d_in, d_out } = *self;
        let [x, weight, _] = saved.inputs;
        let gradient_view = View::rows(gradient, d_out);
        let for_input = wanted[0].then(|| {
            let factors = (gradient_view, View::rows(weight, d_out).transposed());
            product(factors, 1.0, (rows, d_in, d_out))
        });
        let for_weight = wanted[1].then(|| {
            let factors = (View::rows(x, d_in).transposed(), gradient_view);
            product(factors, 1.0, (d_in, d_out, rows))
        });
        [
            for_input,
            for_weight,
            wanted[2].then(|| sum_rows(gradient, d_out)),
        ]
    }
}

/// The sum of all rows of a row-major matrix.
pub fn sum_rows(values: &[f32], width: usize) -> Vec<f32> {
    let mut total = vec![0f32; width];
    for row in values.chunks_exact(width) {
        for (sum, value) in total.iter_mut().zip(row) {
            *sum += value;
        }
    }
    total
}
