//! Multi-head self-attention in both directions, with its residual.

use burn::prelude::*;

use super::super::ops::{attention_probabilities, merge_heads, self_attention, split_heads};
use super::super::parts::{Pass, select_rows};
use super::super::weights::WeightSource;
use super::{BertConfig, Linear, Output};
use crate::faults::WeightError;

/// `attention.self` in Hugging Face's names.
#[derive(Module, Debug)]
pub struct SelfAttention {
    pub query: Linear,
    pub key: Linear,
    pub value: Linear,
    #[module(skip)]
    pub heads: usize,
}

/// `attention`: what the heads gather, mixed and added to what came in.
#[derive(Module, Debug)]
pub struct Attention {
    pub self_attention: SelfAttention,
    pub output: Output,
}

impl Attention {
    pub fn load(
        name: &str,
        config: &BertConfig,
        weights: &mut impl WeightSource,
        device: &Device,
    ) -> Result<Self, WeightError> {
        let width = config.hidden_size;
        let mut part = |part: &str| {
            Linear::load(
                &format!("{name}.self.{part}"),
                width,
                width,
                weights,
                device,
            )
        };
        let self_attention = SelfAttention {
            query: part("query")?,
            key: part("key")?,
            value: part("value")?,
            heads: config.num_attention_heads,
        };
        let output = Output::load(&format!("{name}.output"), width, config, weights, device)?;
        Ok(Self {
            self_attention,
            output,
        })
    }

    /// `[batch · seq, hidden] → [batch · seq, hidden]`, or only the rows that are asked for; `bias: [batch or 1, 1, seq, seq]`.
    pub fn forward(
        &self,
        x: Tensor<2>,
        (batch, bias): (usize, &Tensor<4>),
        asked: Option<&[i32]>,
        pass: &mut Pass,
    ) -> Tensor<2> {
        let mixed = self.self_attention.forward(x.clone(), batch, bias, pass);
        let Some(rows) = asked else {
            return self.output.forward(mixed, x, pass);
        };
        let [all, _] = x.dims();
        let mixed = pass.pick(mixed, rows, all / batch);
        self.output.forward(mixed, select_rows(x, rows), pass)
    }
}

impl SelfAttention {
    fn forward(&self, x: Tensor<2>, batch: usize, bias: &Tensor<4>, pass: &mut Pass) -> Tensor<2> {
        let parts = [&self.query, &self.key, &self.value];
        let packed = parts.map(|part| part.forward(x.clone(), pass)).to_vec();
        let qkv = Tensor::cat(packed, 1);
        let Some(record) = pass.record.as_deref_mut() else {
            return self_attention(qkv, bias, batch, self.heads);
        };
        let (queries, keys, values) = split_heads(qkv, batch, self.heads);
        let probabilities = attention_probabilities(queries, keys, bias);
        record.attention.push(probabilities.clone());
        merge_heads(probabilities.matmul(values))
    }
}
