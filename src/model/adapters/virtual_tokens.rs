//! Learned vectors in front of the text: as inputs (prompt tuning, Lester et al. 2021), or as keys and values in
//! every block (prefix tuning, Li & Liang 2021, without the reparametrisation).

use burn::module::Param;
use burn::prelude::*;

use super::made_from;
use crate::settings::Seed;

/// Prompt tuning: embeddings of tokens that no vocabulary has.
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

/// Prefix tuning: one block's share of the prefix.
#[derive(Module, Debug)]
pub struct Prefix {
    /// `[virtual_tokens, d_model]`
    pub key: Param<Tensor<2>>,
    /// `[virtual_tokens, d_model]`
    pub value: Param<Tensor<2>>,
}

impl Prefix {
    /// Normal with 0.02, the spread of GPT-2's own start: an unlearned prefix draws some attention to almost nothing.
    pub fn init(virtual_tokens: usize, d_model: usize, seed: &mut Seed, device: &Device) -> Self {
        let mut drawn = || {
            let values: Vec<f32> = (0..virtual_tokens * d_model)
                .map(|_| seed.normal(0.02) as f32)
                .collect();
            Param::from_data(TensorData::new(values, [virtual_tokens, d_model]), device)
        };
        Self {
            key: drawn(),
            value: drawn(),
        }
    }

    /// Keys and values with the prefix first, `[batch, heads, virtual_tokens + seq, d_head]` each.
    pub fn before(&self, keys: Tensor<4>, values: Tensor<4>) -> (Tensor<4>, Tensor<4>) {
        let join = |prefix: &Param<Tensor<2>>, own: Tensor<4>| {
            let [batch, heads, _, d_head] = own.dims();
            let prefix = prefix.val();
            let [virtual_tokens, _] = prefix.dims();
            let prefix = prefix
                .reshape([1, virtual_tokens, heads, d_head])
                .swap_dims(1, 2)
                .expand([batch, heads, virtual_tokens, d_head]);
            Tensor::cat(vec![prefix, own], 2)
        };
        (join(&self.key, keys), join(&self.value, values))
    }
}
