//! Keys and values before the text's own, in every block.

use burn::module::Param;
use burn::prelude::*;

use super::PrefixSettings;
use crate::methods::{Adapts, PeftFormat};
use crate::model::gpt2::Gpt2;
use crate::settings::Seed;

impl Adapts for PrefixSettings {
    fn inside(&self, model: &mut Gpt2, seed: &mut Seed) {
        let (d_model, device) = (model.d_model(), model.device());
        for block in &mut model.transformer.h {
            let prefix = Prefix::init(self.virtual_tokens, d_model, seed, &device);
            block.attn.prefix = Some(prefix);
        }
    }

    fn peft(&self) -> Option<&dyn PeftFormat> {
        Some(self)
    }
}

/// One block's share of the prefix.
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
