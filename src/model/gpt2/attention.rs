//! Causal multi-head self-attention.

use burn::prelude::*;

use super::super::ops::{attention_probabilities, merge_heads, self_attention, split_heads};
use super::super::parts::Pass;
use super::super::weights::WeightSource;
use super::{Conv1D, Frame, Gpt2Config};
use crate::faults::WeightError;
use crate::methods::Prefix;

/// `c_attn` gives queries, keys and values at once; `c_proj` mixes the heads' answers.
#[derive(Module, Debug)]
pub struct Attention {
    pub c_attn: Conv1D,
    pub c_proj: Conv1D,
    pub prefix: Option<Prefix>,
    #[module(skip)]
    pub n_head: usize,
}

impl Attention {
    pub fn load(
        name: &str,
        config: &Gpt2Config,
        weights: &mut impl WeightSource,
        device: &Device,
    ) -> Result<Self, WeightError> {
        let d_model = config.n_embd;
        Ok(Self {
            c_attn: Conv1D::load(
                &format!("{name}.c_attn"),
                d_model,
                3 * d_model,
                weights,
                device,
            )?,
            c_proj: Conv1D::load(&format!("{name}.c_proj"), d_model, d_model, weights, device)?,
            prefix: None,
            n_head: config.n_head,
        })
    }

    /// `x: [batch · seq, d_model]`, bias of the frame `[batch or 1, 1, seq, keys]` → `[batch · seq, d_model]`, or only the
    /// rows that the frame asks this block for.
    pub fn forward(&self, x: Tensor<2>, frame: &Frame, block: usize, pass: &mut Pass) -> Tensor<2> {
        let qkv = self.c_attn.forward(x, pass);
        let mut mixed = if pass.cache.is_none() && pass.record.is_none() && self.prefix.is_none() {
            self_attention(qkv, &frame.bias, frame.batch, self.n_head)
        } else {
            self.attend_openly(qkv, frame, block, pass)
        };
        if let Some(rows) = frame.asked_of(block) {
            mixed = pass.pick(mixed, rows, frame.seq);
        }
        self.c_proj.forward(mixed, pass)
    }

    /// The same, step by step, where there are keys of more than these tokens, or the probabilities are wanted.
    fn attend_openly(
        &self,
        qkv: Tensor<2>,
        frame: &Frame,
        block: usize,
        pass: &mut Pass,
    ) -> Tensor<2> {
        let (queries, mut keys, mut values) = split_heads(qkv, frame.batch, self.n_head);
        let begins = pass.cache.as_deref().is_none_or(|cache| cache.lacks(block));
        if let Some(prefix) = self.prefix.as_ref().filter(|_| begins) {
            (keys, values) = prefix.before(keys, values);
        }
        if let Some(cache) = pass.cache.as_deref_mut() {
            (keys, values) = cache.extend(block, keys, values);
        }
        let probabilities = attention_probabilities(queries, keys, &frame.bias);
        if let Some(record) = pass.record.as_deref_mut() {
            record.attention.push(probabilities.clone());
        }
        merge_heads(probabilities.matmul(values))
    }
}
