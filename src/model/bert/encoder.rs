//! BERT without a head: from token ids to the hidden states of the last layer, and the pooler.

use burn::module::Param;
use burn::prelude::*;

use super::super::parts::{Pass, Tokens, attention_bias};
use super::super::weights::WeightSource;
use super::{BertConfig, Embeddings, Layer, Linear};
use crate::faults::WeightError;
use crate::settings::Seed;

#[derive(Module, Debug)]
pub struct Encoder {
    pub layer: Vec<Layer>,
}

/// `tanh(dense(hidden state of [CLS]))`, the text as one vector.
#[derive(Module, Debug)]
pub struct Pooler {
    pub dense: Linear,
}

/// `bert` in Hugging Face's names.
#[derive(Module, Debug)]
pub struct BertModel {
    pub embeddings: Embeddings,
    pub encoder: Encoder,
    /// Absent from a checkpoint that was trained on masked words alone.
    pub pooler: Option<Pooler>,
}

impl Pooler {
    pub const NAME: &str = "bert.pooler.dense";

    pub fn load(
        width: usize,
        weights: &mut impl WeightSource,
        device: &Device,
    ) -> Result<Self, WeightError> {
        let dense = Linear::load(Self::NAME, width, width, weights, device)?;
        Ok(Self { dense })
    }

    /// A fresh one: normal with `initializer_range` 0.02 and a bias of zeros, as `BertPreTrainedModel._init_weights`.
    pub fn init(width: usize, seed: &mut Seed, device: &Device) -> Self {
        let weight: Vec<f32> = (0..width * width)
            .map(|_| seed.normal(0.02) as f32)
            .collect();
        let weight = Param::from_data(TensorData::new(weight, [width, width]), device);
        let bias = Param::from_data(TensorData::new(vec![0f32; width], [width]), device);
        Self {
            dense: Linear::new(weight, bias),
        }
    }

    /// What passes [CLS] on as it is (but for the tanh): where no training has made a pooler.
    pub fn identity(width: usize, device: &Device) -> Self {
        let weight = Param::from_tensor(Tensor::eye(width, device));
        let bias = Param::from_tensor(Tensor::zeros([width], device));
        let dense = Linear::new(weight, bias);
        Self { dense }
    }

    /// `[batch · seq, hidden] → [batch, hidden]`
    pub fn forward(&self, hidden: Tensor<2>, batch: usize, pass: &mut Pass) -> Tensor<2> {
        let [rows, width] = hidden.dims();
        let texts = hidden.reshape([batch, rows / batch, width]);
        let first = texts
            .slice([0..batch, 0..1, 0..width])
            .reshape([batch, width]);
        self.dense.forward(first, pass).tanh()
    }
}

impl BertModel {
    pub fn load(
        config: &BertConfig,
        weights: &mut impl WeightSource,
        device: &Device,
    ) -> Result<Self, WeightError> {
        let layers = 0..config.num_hidden_layers;
        let layer = layers
            .map(|i| Layer::load(i, config, weights, device))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            embeddings: Embeddings::load(config, weights, device)?,
            encoder: Encoder { layer },
            pooler: None,
        })
    }

    /// Hidden states of the last layer, `[batch · seq, hidden]`, or those alone that the pass asks for.
    pub fn forward(&self, tokens: Tokens, pass: &mut Pass) -> Tensor<2> {
        let asked = pass.asked_behind_attention();
        let [batch, seq] = tokens.dims();
        let mut x = self.embeddings.forward(tokens);
        let [_, width] = x.dims();
        let causal = pass.causal.unwrap_or(false);
        let bias = attention_bias(seq, 0, tokens.attention_mask, causal, &x.device());
        let record = |x: &Tensor<2>, pass: &mut Pass| {
            if let Some(kept) = pass.record.as_deref_mut() {
                kept.hidden.push(x.clone().reshape([batch, seq, width]));
            }
        };
        record(&x, pass);
        let last = self.encoder.layer.len().saturating_sub(1);
        for (index, layer) in self.encoder.layer.iter().enumerate() {
            let asked = asked.as_deref().filter(|_| index == last);
            x = layer.forward(x, (batch, &bias), asked, pass);
            record(&x, pass);
        }
        pass.asked_of_all(x)
    }
}
