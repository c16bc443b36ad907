//! Embeddings of tokens that no vocabulary has, before the text's own.

use burn::module::Param;
use burn::prelude::*;

use super::PromptSettings;
use crate::methods::engine::made_from;
use crate::methods::{Adapts, PeftFormat};
use crate::model::gpt2::Gpt2;
use crate::settings::Seed;

impl Adapts for PromptSettings {
    fn inside(&self, model: &mut Gpt2, seed: &mut Seed) {
        let words = model.transformer.wte.weight.val();
        model.transformer.prompt = Some(SoftPrompt::init(self.virtual_tokens, &words, seed));
    }

    fn peft(&self) -> Option<&dyn PeftFormat> {
        Some(self)
    }
}

/// The embeddings.
#[derive(Module, Debug)]
pub struct SoftPrompt {
    /// `[virtual_tokens, d_model]`
    pub weight: Param<Tensor<2>>,
}

impl SoftPrompt {
    /// Begins as embeddings of words drawn from the vocabulary, the start that Lester et al. found better than noise.
    pub fn init(virtual_tokens: usize, words: &Tensor<2>, seed: &mut Seed) -> Self {
        let ([vocabulary, _], device) = (words.dims(), words.clone().inner().device());
        let drawn: Vec<i32> = (0..virtual_tokens)
            .map(|_| seed.below(vocabulary) as i32)
            .collect();
        let drawn = Tensor::<1, Int>::from_data(TensorData::new(drawn, [virtual_tokens]), &device);
        Self {
            weight: made_from(words.clone(), |words| words.select(0, drawn)),
        }
    }

    /// The prompt before each row: `[batch, seq, d_model] → [batch, virtual_tokens + seq, d_model]`.
    pub fn before(&self, x: Tensor<3>) -> Tensor<3> {
        let [batch, _, d_model] = x.dims();
        let prompt = self.weight.val();
        let [virtual_tokens, _] = prompt.dims();
        let prompt = prompt
            .unsqueeze::<3>()
            .expand([batch, virtual_tokens, d_model]);
        Tensor::cat(vec![prompt, x], 1)
    }
}
