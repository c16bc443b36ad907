//! A linear layer as `torch.nn.Linear` keeps it, and the place where LoRA and (IA)³ are put beside it.

use burn::module::Param;
use burn::prelude::*;

use super::super::adapters::ia3::Ia3;
use super::super::adapters::lora::Lora;
use super::super::ops::{linear, lora_linear};
use super::super::parts::Pass;
use super::super::weights::{WeightError, WeightSource};

/// `x ↦ x Wᵀ + b`.
#[derive(Module, Debug)]
pub struct Linear {
    /// `[out, in]`
    pub weight: Param<Tensor<2>>,
    /// `[out]`
    pub bias: Param<Tensor<1>>,
    pub lora: Option<Lora>,
    pub ia3: Option<Ia3>,
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
            lora: None,
            ia3: None,
        }
    }

    /// `[rows, in] → [rows, out]`
    pub fn forward(&self, x: Tensor<2>, pass: &mut Pass) -> Tensor<2> {
        match &self.ia3 {
            None => self.forward_beside(x, pass),
            Some(ia3) => ia3.after(self.forward_beside(ia3.before(x), pass)),
        }
    }

    fn forward_beside(&self, x: Tensor<2>, pass: &mut Pass) -> Tensor<2> {
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

    /// Multiplies what stands beside the weight into it, and drops it.
    pub fn merge(self) -> Self {
        let (mut weight, mut bias) = (self.weight, self.bias);
        if let Some(lora) = self.lora {
            weight = weight.map(|w| lora.merge(w.transpose()).transpose());
        }
        if let Some(ia3) = self.ia3 {
            let merged = ia3.merge(weight.val().transpose(), bias.val());
            weight = weight.map(|_| merged.0.transpose());
            bias = bias.map(|_| merged.1);
        }
        Self::new(weight, bias)
    }
}
