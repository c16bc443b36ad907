//! One transformer block, layer norms first.

use burn::prelude::*;

use super::super::weights::{WeightError, WeightSource};
use super::{Attention, Gpt2Config, LayerNorm, Mlp, Pass};

/// `x + attn(ln_1(x))`, then `x + mlp(ln_2(x))`.
#[derive(Module, Debug)]
pub struct Block {
    pub ln_1: LayerNorm,
    pub attn: Attention,
    pub ln_2: LayerNorm,
    pub mlp: Mlp,
}

impl Block {
    pub fn load(
        index: usize,
        config: &Gpt2Config,
        weights: &mut impl WeightSource,
        device: &Device,
    ) -> Result<Self, WeightError> {
        let (d_model, epsilon) = (config.n_embd, config.layer_norm_epsilon);
        let name = format!("h.{index}");
        Ok(Self {
            ln_1: LayerNorm::load(&format!("{name}.ln_1"), d_model, epsilon, weights, device)?,
            attn: Attention::load(&format!("{name}.attn"), config, weights, device)?,
            ln_2: LayerNorm::load(&format!("{name}.ln_2"), d_model, epsilon, weights, device)?,
            mlp: Mlp::load(&format!("{name}.mlp"), config, weights, device)?,
        })
    }

    /// `[batch · seq, d_model] → [batch · seq, d_model]`
    pub fn forward(
        &self,
        x: Tensor<2>,
        batch: usize,
        index: usize,
        bias: &Tensor<4>,
        pass: &mut Pass,
    ) -> Tensor<2> {
        let attended = self
            .attn
            .forward(self.ln_1.forward(x.clone()), batch, index, bias, pass);
        let x = x + attended;
        let refined = self.mlp.forward(self.ln_2.forward(x.clone()), pass);
        x + refined
    }
}
