//! Layer normalisation (Ba et al. 2016) over the last axis.

use burn::module::Param;
use burn::prelude::*;

use super::super::ops;
use super::super::weights::WeightSource;
use crate::faults::WeightError;

#[derive(Module, Debug)]
pub struct LayerNorm {
    /// `[d_model]`
    pub weight: Param<Tensor<1>>,
    /// `[d_model]`
    pub bias: Param<Tensor<1>>,
    #[module(skip)]
    pub epsilon: f64,
}

impl LayerNorm {
    pub fn load(
        name: &str,
        d_model: usize,
        epsilon: f64,
        weights: &mut impl WeightSource,
        device: &Device,
    ) -> Result<Self, WeightError> {
        Ok(Self {
            weight: weights.vector(&format!("{name}.weight"), d_model, device)?,
            bias: weights.vector(&format!("{name}.bias"), d_model, device)?,
            epsilon,
        })
    }

    /// `[rows, d_model] → [rows, d_model]`
    pub fn forward(&self, x: Tensor<2>) -> Tensor<2> {
        ops::layer_norm(x, self.weight.val(), self.bias.val(), self.epsilon)
    }
}
