//! The position-wise MLP of a block.

use burn::prelude::*;

use super::super::ops::gelu_new;
use super::super::parts::Pass;
use super::super::weights::WeightSource;
use super::{Conv1D, Gpt2Config};
use crate::faults::WeightError;

/// `c_proj(gelu_new(c_fc(x)))`; `gelu_new` is the tanh approximation (Hendrycks & Gimpel 2016).
#[derive(Module, Debug)]
pub struct Mlp {
    pub c_fc: Conv1D,
    pub c_proj: Conv1D,
}

impl Mlp {
    pub fn load(
        name: &str,
        config: &Gpt2Config,
        weights: &mut impl WeightSource,
        device: &Device,
    ) -> Result<Self, WeightError> {
        let (d_model, d_inner) = (config.n_embd, config.inner());
        Ok(Self {
            c_fc: Conv1D::load(&format!("{name}.c_fc"), d_model, d_inner, weights, device)?,
            c_proj: Conv1D::load(&format!("{name}.c_proj"), d_inner, d_model, weights, device)?,
        })
    }

    /// `[rows, d_model] → [rows, d_model]`
    pub fn forward(&self, x: Tensor<2>, pass: &mut Pass) -> Tensor<2> {
        let hidden = gelu_new(self.c_fc.forward(x, pass));
        self.c_proj.forward(hidden, pass)
    }
}
