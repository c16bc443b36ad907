//! One transformer layer, layer norms last.

use burn::prelude::*;

use super::super::ops::gelu;
use super::super::parts::Pass;
use super::super::weights::WeightSource;
use super::{Attention, BertConfig, Linear, Output};
use crate::faults::WeightError;

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

    /// `[batch · seq, hidden] → [batch · seq, hidden]`, or only the rows that are asked for.
    pub fn forward(
        &self,
        x: Tensor<2>,
        frame: (usize, &Tensor<4>),
        asked: Option<&[i32]>,
        pass: &mut Pass,
    ) -> Tensor<2> {
        let x = self.attention.forward(x, frame, asked, pass);
        let wide = gelu(self.intermediate.dense.forward(x.clone(), pass));
        self.output.forward(wide, x, pass)
    }
}
