//! The heads of `BertForPreTraining`: which word stood where `[MASK]` stands, and whether the second text follows the first.

use burn::module::Param;
use burn::prelude::*;

use super::super::heads::linear::LinearHead;
use super::super::ops::gelu;
use super::super::parts::{LayerNorm, Pass};
use super::super::weights::WeightSource;
use super::{BertConfig, Linear};
use crate::faults::WeightError;

/// `LayerNorm(gelu(dense(x)))`
#[derive(Module, Debug)]
pub struct Transform {
    pub dense: Linear,
    pub layer_norm: LayerNorm,
}

/// `cls.predictions`; the decoder's weight is the table of word embeddings.
#[derive(Module, Debug)]
pub struct Predictions {
    /// `[vocab]`
    pub bias: Param<Tensor<1>>,
    pub transform: Transform,
}

/// `cls` in Hugging Face's names.
#[derive(Module, Debug)]
pub struct MaskedLmHead {
    pub predictions: Predictions,
    /// On what the pooler gives, `[2, hidden]`; only pre-training asks it.
    pub seq_relationship: Option<LinearHead>,
}

impl MaskedLmHead {
    /// The tensor by which a checkpoint shows that it has this head.
    pub const BIAS: &str = "cls.predictions.bias";

    pub fn load(
        config: &BertConfig,
        weights: &mut impl WeightSource,
        device: &Device,
    ) -> Result<Self, WeightError> {
        let (width, epsilon) = (config.hidden_size, config.layer_norm_eps);
        let name = "cls.predictions.transform";
        let norm = format!("{name}.LayerNorm");
        let transform = Transform {
            dense: Linear::load(&format!("{name}.dense"), width, width, weights, device)?,
            layer_norm: LayerNorm::load(&norm, width, epsilon, weights, device)?,
        };
        let bias = weights.vector(Self::BIAS, config.vocab_size, device)?;
        Ok(Self {
            predictions: Predictions { bias, transform },
            seq_relationship: None,
        })
    }

    /// With the head that tells whether one text follows another.
    pub fn with_next(
        mut self,
        config: &BertConfig,
        weights: &mut impl WeightSource,
        device: &Device,
    ) -> Result<Self, WeightError> {
        let (name, width) = ("cls.seq_relationship", config.hidden_size);
        self.seq_relationship = Some(LinearHead::load(name, 2, width, weights, device)?);
        Ok(self)
    }

    /// `[rows, hidden] → [rows, vocab]`; `words` is the table of word embeddings, `[vocab, hidden]`.
    pub fn forward(&self, hidden: Tensor<2>, words: Tensor<2>, pass: &mut Pass) -> Tensor<2> {
        let Predictions { bias, transform } = &self.predictions;
        let refined = gelu(transform.dense.forward(hidden, pass));
        let refined = transform.layer_norm.forward(refined);
        super::super::ops::linear(refined, words.transpose(), bias.val())
    }
}
