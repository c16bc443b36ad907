//! GPT-2 without a head: from token ids to the hidden states after `ln_f`.

use burn::module::Param;
use burn::prelude::*;

use super::super::weights::{WeightError, WeightSource};
use super::{Block, Gpt2Config, LayerNorm, Pass, attention_bias};

/// An embedding table.
#[derive(Module, Debug)]
pub struct Embedding {
    /// `[entries, d_model]`
    pub weight: Param<Tensor<2>>,
}

/// `transformer` in Hugging Face's names.
#[derive(Module, Debug)]
pub struct Transformer {
    pub wte: Embedding,
    pub wpe: Embedding,
    pub h: Vec<Block>,
    pub ln_f: LayerNorm,
}

/// A batch of token ids, `[batch][seq]`, with what the model must know of its padding.
#[derive(Debug, Clone, Copy)]
pub struct Tokens<'a> {
    pub ids: &'a [Vec<i32>],
    /// `true` for real tokens; none means no padding. With a cache, over all tokens seen.
    pub attention_mask: Option<&'a [Vec<bool>]>,
    /// Positions other than 0, 1, 2, … (a text padded on the left).
    pub position_ids: Option<&'a [Vec<i32>]>,
}

impl<'a> Tokens<'a> {
    pub fn new(ids: &'a [Vec<i32>]) -> Self {
        Self {
            ids,
            attention_mask: None,
            position_ids: None,
        }
    }

    pub fn masked(ids: &'a [Vec<i32>], attention_mask: &'a [Vec<bool>]) -> Self {
        Self {
            ids,
            attention_mask: Some(attention_mask),
            position_ids: None,
        }
    }
}

/// `[batch][seq]` as a tensor.
pub(crate) fn int_tensor(rows: &[Vec<i32>], device: &Device) -> Tensor<2, Int> {
    let width = rows.first().map_or(0, Vec::len);
    let flat: Vec<i32> = rows.iter().flatten().copied().collect();
    Tensor::from_data(TensorData::new(flat, [rows.len(), width]), device)
}

impl Transformer {
    pub fn load(
        config: &Gpt2Config,
        weights: &mut impl WeightSource,
        device: &Device,
    ) -> Result<Self, WeightError> {
        let d_model = config.n_embd;
        let wte = weights.matrix("wte.weight", [config.vocab_size, d_model], device)?;
        let wpe = weights.matrix("wpe.weight", [config.n_positions, d_model], device)?;
        Ok(Self {
            wte: Embedding { weight: wte },
            wpe: Embedding { weight: wpe },
            h: (0..config.n_layer)
                .map(|i| Block::load(i, config, weights, device))
                .collect::<Result<_, _>>()?,
            ln_f: LayerNorm::load("ln_f", d_model, config.layer_norm_epsilon, weights, device)?,
        })
    }

    /// Hidden states after `ln_f`, `[batch · seq, d_model]`.
    pub fn forward(&self, tokens: Tokens, pass: &mut Pass) -> Tensor<2> {
        let device = self.wte.weight.val().device();
        let (batch, seq) = (tokens.ids.len(), tokens.ids.first().map_or(0, Vec::len));
        let seen = pass.cache.as_deref().map_or(0, super::KvCache::len);
        let bias = attention_bias(seq, seen, tokens.attention_mask, &device);

        let mut x = self.embed(tokens, seen, &device);
        let [_, d_model] = x.dims();
        let record = |x: &Tensor<2>| x.clone().reshape([batch, seq, d_model]);
        if let Some(kept) = pass.record.as_deref_mut() {
            kept.hidden.push(record(&x));
        }
        for (index, block) in self.h.iter().enumerate() {
            x = block.forward(x, batch, index, &bias, pass);
            if let Some(kept) = pass.record.as_deref_mut() {
                kept.hidden.push(record(&x));
            }
        }
        let x = self.ln_f.forward(x);
        if let Some(kept) = pass.record.as_deref_mut() {
            kept.final_hidden = Some(record(&x));
        }
        x
    }

    /// Token plus position embeddings, `[batch · seq, d_model]`.
    fn embed(&self, tokens: Tokens, seen: usize, device: &Device) -> Tensor<2> {
        let (batch, seq) = (tokens.ids.len(), tokens.ids.first().map_or(0, Vec::len));
        let [_, d_model] = self.wte.weight.val().dims();
        let ids = int_tensor(tokens.ids, device);
        let words = burn::tensor::module::embedding(self.wte.weight.val(), ids);
        let places = match tokens.position_ids {
            Some(ids) => {
                burn::tensor::module::embedding(self.wpe.weight.val(), int_tensor(ids, device))
            }
            None => self
                .wpe
                .weight
                .val()
                .slice([seen..seen + seq, 0..d_model])
                .unsqueeze::<3>(),
        };
        (words + places).reshape([batch * seq, d_model])
    }
}
