//! A linear layer as `torch.nn.Linear` keeps it, and the place where a method's module is put beside it.

use burn::module::Param;
use burn::prelude::*;

use super::super::ops::linear;
use super::super::parts::Pass;
use super::super::weights::WeightSource;
use crate::faults::WeightError;
use crate::methods::Beside;

/// `x ↦ x Wᵀ + b`.
#[derive(Module, Debug)]
pub struct Linear {
    /// `[out, in]`
    pub weight: Param<Tensor<2>>,
    /// `[out]`
    pub bias: Param<Tensor<1>>,
    pub beside: Option<Beside>,
}

impl Linear {
    pub fn load(
        name: &str,
        d_in: usize,
        d_out: usize,
        weights: &mut impl WeightSource,
        device: &Device,
    ) -> Result<Self, WeightError> {
        Ok(Self::new(
            weights.matrix(&format!("{name}.weight"), [d_out, d_in], device)?,
            weights.vector(&format!("{name}.bias"), d_out, device)?,
        ))
    }

    /// A plain layer, nothing beside it.
    pub fn new(weight: Param<Tensor<2>>, bias: Param<Tensor<1>>) -> Self {
        Self {
            weight,
            bias,
            beside: None,
        }
    }

    /// `[rows, in] → [rows, out]`
    pub fn forward(&self, x: Tensor<2>, pass: &mut Pass) -> Tensor<2> {
        let base = (self.weight.val().transpose(), self.bias.val());
        match &self.beside {
            None => linear(x, base.0, base.1),
            Some(beside) => beside.module().forward(x, base, pass),
        }
    }

    /// Multiplies what stands beside the weight into it, and drops it.
    pub fn merge(self) -> Self {
        let (weight, bias) = (self.weight, self.bias);
        let Some(beside) = self.beside else {
            return Self::new(weight, bias);
        };
        let merged = beside
            .module()
            .merge((weight.val().transpose(), bias.val()));
        Self::new(weight.map(|_| merged.0.transpose()), bias.map(|_| merged.1))
    }
}
