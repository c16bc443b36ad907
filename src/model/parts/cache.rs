//! Keys and values of the tokens already seen, so that generation computes each token once.

use burn::prelude::*;

/// One entry a block: keys and values, `[batch, heads, seen, d_head]`.
#[derive(Debug, Default, Clone)]
pub struct KvCache {
    blocks: Vec<(Tensor<4>, Tensor<4>)>,
}

impl KvCache {
    /// How many tokens have been seen.
    pub fn len(&self) -> usize {
        self.blocks.first().map_or(0, |(keys, _)| keys.dims()[2])
    }

    pub fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }

    /// Whether a block has seen nothing yet.
    pub fn lacks(&self, block: usize) -> bool {
        block >= self.blocks.len()
    }

    /// Appends a block's new keys and values and returns all it has seen.
    pub fn extend(
        &mut self,
        block: usize,
        keys: Tensor<4>,
        values: Tensor<4>,
    ) -> (Tensor<4>, Tensor<4>) {
        let all = match self.blocks.get(block) {
            None => (keys, values),
            Some((seen_keys, seen_values)) => (
                Tensor::cat(vec![seen_keys.clone(), keys], 2),
                Tensor::cat(vec![seen_values.clone(), values], 2),
            ),
        };
        match self.blocks.get_mut(block) {
            Some(entry) => *entry = all.clone(),
            None => self.blocks.push(all.clone()),
        }
        all
    }
}
