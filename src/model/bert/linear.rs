//! A linear layer as `torch.nn.Linear` keeps it, and the place where LoRA is put beside it.

use burn::module::Param;
use burn::prelude::*;

use super::super::adapters::lora::Lora;
use super::super::gpt2::Pass;
use super::super::ops::{linear, lora_linear};
use super::super::weights::{WeightError, WeightSource};

/// `x ↦ x Wᵀ + b`.
#[derive(Module, Debug)]
pub struct Linear {
    /// `[out, in]`
    pub weight: Param<Tensor<2>>,
    /// `[out]`
    pub bias: Param<Tensor<1>>,
    pub lora: Option<Lora>,
}

impl Linear {
    pub fn load(
        name: &str,
        d_in: usize,
        d_out: usize,
        weights: &mut impl WeightSource,
        device: &Device,
    ) -> Result<Self, WeightError> {
        Ok(Self {
            weight: weights.matrix(&format!("{name}.weight"), [d_out, d_in], device)?,
            bias: weights.vector(&format!("{name}.bias"), d_out, device)?,
            lora: None,
        })
    }

    /// Of values at hand.
    pub fn of(weight: TensorData, bias: TensorData, device: &Device) -> Self {
        Self {
            weight: Param::from_data(weight, device),
            bias: Param::from_data(bias, device),
            lora: None,
        }
    }

    /// `[rows, in] → [rows, out]`
    pub fn forward(&self, x: Tensor<2>, pass: &mut Pass) -> Tensor<2> {
        let base = (self.weight.val().transpose(), self.bias.val());
        match &self.lora {
            None => linear(x, base.0, base.1),
            Some(lora) if lora.magnitude.is_some() => lora.forward_weighted(x, base, pass),
            // Both read the same input, so one operation can do for both.
            Some(lora) if !pass.drops(lora.dropout) => {
                lora_linear(x, base, (lora.a.val(), lora.b.val()), lora.scaling)
            }
            Some(lora) => linear(x.clone(), base.0, base.1) + lora.forward(x, pass),
        }
    }

    /// Adds the adapter's product into the weight and drops the adapter.
    pub fn merge(self) -> Self {
        match self.lora {
            None => self,
            Some(lora) => Self {
                weight: self.weight.map(|w| lora.merge(w.transpose()).transpose()),
                bias: self.bias,
                lora: None,
            },
        }
    }
}
