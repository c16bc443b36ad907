//! GPT-2 without a head: from token ids to the hidden states after `ln_f`.

use burn::module::Param;
use burn::prelude::*;

use super::super::parts::{
    Embedding, KvCache, LayerNorm, Pass, Tokens, attention_bias, int_tensor,
};
use super::super::weights::WeightSource;
use super::{Block, Gpt2Config};
use crate::faults::WeightError;
use crate::methods::SoftPrompt;

/// `transformer` in Hugging Face's names.
#[derive(Module, Debug)]
pub struct Transformer {
    pub wte: Embedding,
    pub wpe: Embedding,
    pub prompt: Option<SoftPrompt>,
    pub h: Vec<Block>,
    pub ln_f: LayerNorm,
}

/// What the blocks of one pass have in common.
pub struct Frame {
    pub batch: usize,
    /// Virtual tokens before the texts are counted in.
    pub seq: usize,
    /// Tokens a text, virtual ones left out.
    pub given: usize,
    pub bias: Tensor<4>,
    /// Of `[batch · seq]`; see [`Pass::asked`].
    asked: Option<Vec<i32>>,
    last_block: usize,
}

impl Frame {
    /// The rows that go on behind a block's attention, where it is not all of them.
    pub fn asked_of(&self, block: usize) -> Option<&[i32]> {
        self.asked.as_deref().filter(|_| block == self.last_block)
    }

    fn by_text(&self, rows: Tensor<2>) -> Tensor<3> {
        let [_, d_model] = rows.dims();
        rows.reshape([self.batch, self.seq, d_model])
    }
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
            prompt: None,
            h: (0..config.n_layer)
                .map(|i| Block::load(i, config, weights, device))
                .collect::<Result<_, _>>()?,
            ln_f: LayerNorm::load("ln_f", d_model, config.layer_norm_epsilon, weights, device)?,
        })
    }

    /// Learned vectors that stand before every text: a soft prompt's or a prefix's.
    pub fn virtual_tokens(&self) -> usize {
        let prefix = self.h.first().and_then(|block| block.attn.prefix.as_ref());
        let count = |vectors: &Param<Tensor<2>>| vectors.lazy_shape()[0];
        self.prompt
            .as_ref()
            .map_or(0, |prompt| count(&prompt.weight))
            + prefix.map_or(0, |prefix| count(&prefix.key))
    }

    /// Hidden states after `ln_f` of the tokens given, `[batch · seq, d_model]`, or of those that are asked for.
    pub fn forward(&self, tokens: Tokens, pass: &mut Pass) -> Tensor<2> {
        let (mut rows, frame) = self.begin(tokens, pass);
        for (index, block) in self.h.iter().enumerate() {
            rows = block.forward(rows, &frame, index, pass);
            if let Some(kept) = pass.record.as_deref_mut() {
                kept.hidden.push(frame.by_text(rows.clone()));
            }
        }
        let hidden = self.end(rows, &frame, pass);
        pass.asked_of_all(hidden)
    }

    /// What goes into the first block, `[batch · seq, d_model]`, and what all blocks share.
    pub fn begin(&self, tokens: Tokens, pass: &mut Pass) -> (Tensor<2>, Frame) {
        let device = self.wte.weight.val().device();
        let batch = tokens.ids.len();
        let seen = pass.cache.as_deref().map_or(0, KvCache::len);
        let before = self.virtual_tokens();
        let mask = tokens.attention_mask.map(|mask| behind(mask, before));
        let (x, past) = self.embed(tokens, seen, &device);
        let [_, seq, d_model] = x.dims();
        let given = tokens.ids.first().map_or(0, Vec::len);
        let frame = Frame {
            batch,
            seq,
            given,
            asked: pass
                .asked_behind_attention()
                .map(|rows| behind_virtual(rows, given, seq)),
            last_block: self.h.len().saturating_sub(1),
            bias: attention_bias(
                seq,
                past,
                mask.as_deref(),
                pass.causal.unwrap_or(true),
                &device,
            ),
        };
        if let Some(kept) = pass.record.as_deref_mut() {
            kept.hidden.push(x.clone());
        }
        (x.reshape([batch * seq, d_model]), frame)
    }

    /// From the last block's output to the hidden states of the tokens given.
    pub fn end(&self, rows: Tensor<2>, frame: &Frame, pass: &mut Pass) -> Tensor<2> {
        let Frame {
            batch, seq, given, ..
        } = *frame;
        let rows = self.ln_f.forward(rows);
        if frame.asked.is_some() {
            return rows;
        }
        let mut x = frame.by_text(rows);
        let [_, _, d_model] = x.dims();
        if given < seq {
            x = x.slice([0..batch, seq - given..seq, 0..d_model]);
        }
        if let Some(kept) = pass.record.as_deref_mut() {
            kept.final_hidden = Some(x.clone());
        }
        x.reshape([batch * given, d_model])
    }

    /// Token plus position embeddings, `[batch, seq, d_model]`, behind the soft prompt at the start of a text; and
    /// how many keys came before them.
    fn embed(&self, tokens: Tokens, seen: usize, device: &Device) -> (Tensor<3>, usize) {
        let words =
            burn::tensor::module::embedding(self.wte.weight.val(), int_tensor(tokens.ids, device));
        let (words, past) = match &self.prompt {
            Some(prompt) if seen == 0 => (prompt.before(words), 0),
            _ if seen == 0 => (words, self.virtual_tokens()),
            _ => (words, seen),
        };
        let [_, seq, d_model] = words.dims();
        let places = match tokens.position_ids.filter(|_| self.prompt.is_none()) {
            Some(ids) => {
                burn::tensor::module::embedding(self.wpe.weight.val(), int_tensor(ids, device))
            }
            None => self
                .wpe
                .weight
                .val()
                .slice([past..past + seq, 0..d_model])
                .unsqueeze::<3>(),
        };
        (words + places, past)
    }
}

/// Numbers of rows among so many tokens a text, counted among the longer texts that begin with virtual tokens.
fn behind_virtual(mut rows: Vec<i32>, given: usize, seq: usize) -> Vec<i32> {
    let (given, seq) = (given.max(1) as i32, seq as i32);
    for row in &mut rows {
        *row = (*row / given + 1) * seq - given + *row % given;
    }
    rows
}

/// A mask of the text's tokens with room for the virtual ones, which everything may look at.
fn behind(mask: &[Vec<bool>], virtual_tokens: usize) -> Vec<Vec<bool>> {
    mask.iter()
        .map(|row| [&vec![true; virtual_tokens], row.as_slice()].concat())
        .collect()
}
