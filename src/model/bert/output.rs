//! The end of both halves of a BERT's layer.

use burn::prelude::*;

use super::super::parts::{LayerNorm, Pass};
use super::super::weights::WeightSource;
use super::{BertConfig, Linear};
use crate::faults::WeightError;

/// `LayerNorm(dense(x) + residual)`, the end of both halves of a layer.
#[derive(Module, Debug)]
pub struct Output {
    pub dense: Linear,
    pub layer_norm: LayerNorm,
}

impl Output {
    pub fn load(
        name: &str,
        d_in: usize,
        config: &BertConfig,
        weights: &mut impl WeightSource,
        device: &Device,
    ) -> Result<Self, WeightError> {
        let (width, epsilon) = (config.hidden_size, config.layer_norm_eps);
        let norm = format!("{name}.LayerNorm");
        Ok(Self {
            dense: Linear::load(&format!("{name}.dense"), d_in, width, weights, device)?,
            layer_norm: LayerNorm::load(&norm, width, epsilon, weights, device)?,
        })
    }

    /// `x: [rows, in]`, `residual: [rows, hidden]` → `[rows, hidden]`
    pub fn forward(&self, x: Tensor<2>, residual: Tensor<2>, pass: &mut Pass) -> Tensor<2> {
        self.layer_norm
            .forward(self.dense.forward(x, pass) + residual)
    }
}
