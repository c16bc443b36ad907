//! A linear layer and the LoRA adapter beside it as one operation: the adapter's part is added onto the
//! layer's own output and input gradient, and the narrow products are laid out so that the long side is
//! the one that vectorises (with rank 8, the other way round half of each vector register is empty).

use burn::prelude::*;

use super::kernel::{Forward, Kernel, Saved, apply};
use super::linear::Linear;
use super::math::{View, matmul, parallelism, product};

#[derive(Debug, Clone)]
struct LoraLinear {
    base: Linear,
    rank: usize,
    scaling: f32,
}

/// `x W + b + scaling · x Aᵀ Bᵀ`, with `a: [rank, in]` and `b: [out, rank]`.
pub fn lora_linear(
    x: Tensor<2>,
    (weight, bias): (Tensor<2>, Tensor<1>),
    (a, b): (Tensor<2>, Tensor<2>),
    scaling: f64,
) -> Tensor<2> {
    let ([rows, d_in], [_, d_out], [rank, _]) = (x.dims(), weight.dims(), a.dims());
    let kernel = LoraLinear {
        base: Linear { rows, d_in, d_out },
        rank,
        scaling: scaling as f32,
    };
    apply(
        kernel,
        [x.into(), weight.into(), bias.into(), a.into(), b.into()],
    )
}

impl Kernel<5> for LoraLinear {
    /// Keeps `A xᵀ`, `[rank, rows]`.
    fn forward(&self, [x, weight, bias, a, b]: [&[f32]; 5]) -> Forward {
        let (Linear { rows, d_in, d_out }, rank) = (self.base, self.rank);
        let mut base = self.base.forward([x, weight, bias]);
        let factors = (View::rows(a, d_in), View::rows(x, d_in).transposed());
        let narrow = product(factors, 1.0, (rank, rows, d_in));
        let factors = (
            View::rows(&narrow, rows).transposed(),
            View::rows(b, rank).transposed(),
        );
        let sizes = (rows, d_out, rank);
        matmul(
            &mut base.output,
            d_out,
            true,
            factors,
            self.scaling,
            sizes,
            parallelism(),
        );
        Forward {
            kept: narrow,
            ..base
        }
    }

    fn backward(
        &self,
        saved: Saved<5>,
        gradient: &[f32],
        wanted: [bool; 5],
    ) -> [Option<Vec<f32>>; 5] {
        let (Linear { rows, d_in, .. }, rank) = (self.base, self.rank);
        let [x, weight, bias, a, b] = saved.inputs;
        let base = Saved {
            inputs: [x, weight, bias],
            kept: &[],
        };
        let [mut for_input, for_weight, for_bias] =
            self.base
                .backward(base, gradient, [wanted[0], wanted[1], wanted[2]]);
        let narrow = (wanted[0] || wanted[3]).then(|| self.narrow_gradient(gradient, b));
        let view = narrow.as_deref().map(|values| View::rows(values, rows));
        if let (Some(sum), Some(narrow)) = (&mut for_input, view) {
            let factors = (narrow.transposed(), View::rows(a, d_in));
            matmul(
                sum,
                d_in,
                true,
                factors,
                1.0,
                (rows, d_in, rank),
                parallelism(),
            );
        }
        let for_a = view.filter(|_| wanted[3]);
        let for_a = for_a.map(|n| product((n, View::rows(x, d_in)), 1.0, (rank, d_in, rows)));
        let for_b = wanted[4].then(|| self.b_gradient(saved.kept, gradient));
        [for_input, for_weight, for_bias, for_a, for_b]
    }
}

impl LoraLinear {
    /// Of `A xᵀ`: `scaling · Bᵀ gᵀ`, `[rank, rows]`.
    fn narrow_gradient(&self, gradient: &[f32], b: &[f32]) -> Vec<f32> {
        let Linear { rows, d_out, .. } = self.base;
        let b = View::rows(b, self.rank).transposed();
        let gradient = View::rows(gradient, d_out).transposed();
        product((b, gradient), self.scaling, (self.rank, rows, d_out))
    }

    /// `scaling · (A xᵀ g)ᵀ`, `[out, rank]`.
    fn b_gradient(&self, narrow: &[f32], gradient: &[f32]) -> Vec<f32> {
        let (Linear { rows, d_out, .. }, rank) = (self.base, self.rank);
        let factors = (View::rows(narrow, rows), View::rows(gradient, d_out));
        let wide = product(factors, self.scaling, (rank, d_out, rows));
        (0..d_out)
            .flat_map(|i| wide[i..].iter().step_by(d_out).copied())
            .collect()
    }
}
