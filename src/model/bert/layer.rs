//! One transformer layer, layer norms last.

use burn::prelude::*;

use super::super::ops::gelu;
use super::super::parts::{LayerNorm, Pass};
use super::super::weights::{WeightError, WeightSource};
use super::{Attention, BertConfig, Linear};

/// `LayerNorm(dense(x) + residual)`, the end of both halves of a layer.
#[derive(Module, Debug)]
pub struct Output {
    pub dense: Linear,
    pub layer_norm: LayerNorm,
}

/// `intermediate` in Hugging Face's names: the wide half of the MLP.
#[derive(Module, Debug)]
pub struct Feed {
    pub dense: Linear,
}

/// `encoder.layer.N`.
#[derive(Module, Debug)]
pub struct Layer {
    pub attention: Attention,
    pub intermediate: Feed,
    pub output: Output,
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

impl Layer {
    pub fn load(
        index: usize,
        config: &BertConfig,
        weights: &mut impl WeightSource,
        device: &Device,
    ) -> Result<Self, WeightError> {
        let (width, inner) = (config.hidden_size, config.intermediate_size);
        let name = format!("bert.encoder.layer.{index}");
        let feed = format!("{name}.intermediate.dense");
        Ok(Self {
            attention: Attention::load(&format!("{name}.attention"), config, weights, device)?,
            intermediate: Feed {
                dense: Linear::load(&feed, width, inner, weights, device)?,
            },
            output: Output::load(&format!("{name}.output"), inner, config, weights, device)?,
        })
    }

    /// `[batch · seq, hidden] → [batch · seq, hidden]`
    pub fn forward(
        &self,
        x: Tensor<2>,
        batch: usize,
        bias: &Tensor<4>,
        pass: &mut Pass,
    ) -> Tensor<2> {
        let x = self.attention.forward(x, batch, bias, pass);
        let wide = gelu(self.intermediate.dense.forward(x.clone(), pass));
        self.output.forward(wide, x, pass)
    }
}
