//! What a token is, where it stands and which of two texts it belongs to, summed and normalised.

use burn::prelude::*;
use burn::tensor::module::embedding;

use super::super::parts::{Embedding, LayerNorm, Tokens, int_tensor};
use super::super::weights::WeightSource;
use super::BertConfig;
use crate::faults::WeightError;

/// `bert.embeddings` in Hugging Face's names.
#[derive(Module, Debug)]
pub struct Embeddings {
    pub word_embeddings: Embedding,
    pub position_embeddings: Embedding,
    pub token_type_embeddings: Embedding,
    pub layer_norm: LayerNorm,
}

impl Embeddings {
    pub fn load(
        config: &BertConfig,
        weights: &mut impl WeightSource,
        device: &Device,
    ) -> Result<Self, WeightError> {
        let width = config.hidden_size;
        let mut table = |name: &str, entries| {
            let name = format!("bert.embeddings.{name}.weight");
            let weight = weights.matrix(&name, [entries, width], device)?;
            Ok::<_, WeightError>(Embedding { weight })
        };
        Ok(Self {
            word_embeddings: table("word_embeddings", config.vocab_size)?,
            position_embeddings: table("position_embeddings", config.max_position_embeddings)?,
            token_type_embeddings: table("token_type_embeddings", config.type_vocab_size)?,
            layer_norm: LayerNorm::load(
                "bert.embeddings.LayerNorm",
                width,
                config.layer_norm_eps,
                weights,
                device,
            )?,
        })
    }

    /// `[batch · seq, hidden]`
    pub fn forward(&self, tokens: Tokens) -> Tensor<2> {
        let table = self.word_embeddings.weight.val();
        let ([_, width], device) = (table.dims(), table.device());
        let [batch, seq] = tokens.dims();
        let words = embedding(table, int_tensor(tokens.ids, &device));
        let places = self.position_embeddings.weight.val();
        let places = places.slice([0..seq, 0..width]).unsqueeze::<3>();
        let types = self.token_type_embeddings.weight.val();
        let types = match tokens.token_type_ids {
            Some(ids) => embedding(types, int_tensor(ids, &device)),
            None => types.slice([0..1, 0..width]).unsqueeze::<3>(),
        };
        let sum = words + types + places;
        self.layer_norm.forward(sum.reshape([batch * seq, width]))
    }
}
