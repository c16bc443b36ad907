//! LoRA (Hu et al. 2021) beside a Conv1D, on the cheap path: the product B·A is never formed in training.

use burn::module::Param;
use burn::prelude::*;

use super::super::gpt2::Pass;
use super::super::ops::lora;
use crate::settings::{LoraSettings, Seed};

/// `x ↦ (alpha / r) · dropout(x) Aᵀ Bᵀ`, in PEFT's shapes.
#[derive(Module, Debug)]
pub struct Lora {
    /// `[r, in]`
    pub a: Param<Tensor<2>>,
    /// `[out, r]`
    pub b: Param<Tensor<2>>,
    #[module(skip)]
    pub scaling: f64,
    #[module(skip)]
    pub dropout: f64,
}

impl Lora {
    /// PEFT's start: A Kaiming-uniform with a = √5, that is uniform in ±1/√in, and B zero, so that the
    /// adapted model begins as the base model.
    pub fn init(
        d_in: usize,
        d_out: usize,
        settings: &LoraSettings,
        seed: &mut Seed,
        device: &Device,
    ) -> Self {
        let rank = settings.rank;
        let bound = 1.0 / (d_in as f64).sqrt();
        let a: Vec<f32> = (0..rank * d_in)
            .map(|_| ((seed.uniform() * 2.0 - 1.0) * bound) as f32)
            .collect();
        Self {
            a: Param::from_data(TensorData::new(a, [rank, d_in]), device),
            b: Param::from_data(
                TensorData::new(vec![0f32; d_out * rank], [d_out, rank]),
                device,
            ),
            scaling: settings.scaling(),
            dropout: settings.dropout,
        }
    }

    /// `[rows, in] → [rows, out]`
    pub fn forward(&self, x: Tensor<2>, pass: &mut Pass) -> Tensor<2> {
        lora(
            pass.dropout(x, self.dropout),
            (self.a.val(), self.b.val()),
            self.scaling,
        )
    }

    /// What merging adds to a Conv1D weight: `(alpha / r) · (B A)ᵀ`, `[in, out]`.
    pub fn delta(&self) -> Tensor<2> {
        self.b
            .val()
            .matmul(self.a.val())
            .transpose()
            .mul_scalar(self.scaling)
    }
}
