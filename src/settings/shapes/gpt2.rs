//! A GPT-2 in shapes.

use serde::Deserialize;

use super::{LinearLayer, Shapes, block_count, matrix, named, push_module, push_norm};

/// The sizes that decide every shape of a GPT-2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gpt2Sizes {
    pub vocabulary: usize,
    pub positions: usize,
    pub width: usize,
    /// Width of the MLP's middle.
    pub inner: usize,
    pub blocks: usize,
}

/// What its `config.json` says of them.
#[derive(Deserialize)]
struct Config {
    vocab_size: usize,
    n_positions: usize,
    n_embd: usize,
    n_layer: usize,
    n_head: usize,
    #[serde(default)]
    n_inner: Option<usize>,
}

impl Gpt2Sizes {
    /// The smallest GPT-2 that was published in 2019: `gpt2`, 124 million parameters.
    pub const GPT2_SMALL: Self = Self::usual(50_257, 1024, 768, 12);

    /// With an MLP four times as wide, as GPT-2 has it.
    pub const fn usual(vocabulary: usize, positions: usize, width: usize, blocks: usize) -> Self {
        Self {
            vocabulary,
            positions,
            width,
            inner: 4 * width,
            blocks,
        }
    }

    /// The linear layers of a block: name, inputs, outputs.
    pub fn linear_layers(&self) -> [LinearLayer; 4] {
        let (width, inner) = (self.width, self.inner);
        [
            ("attn.c_attn", width, 3 * width),
            ("attn.c_proj", width, width),
            ("mlp.c_fc", width, inner),
            ("mlp.c_proj", inner, width),
        ]
    }

    /// Every parameter under Hugging Face's name with its shape, `[inputs, outputs]` where it is a linear layer's, in
    /// the model's own order; with a classification head of `labels` rows where a number is given. The language-model
    /// head is the token embedding itself.
    pub fn parameters(&self, labels: Option<usize>) -> Shapes {
        let width = self.width;
        let mut shapes = vec![
            named("transformer.wte.weight", &[self.vocabulary, width]),
            named("transformer.wpe.weight", &[self.positions, width]),
        ];
        let [c_attn, attn_proj, c_fc, mlp_proj] = self.linear_layers();
        for block in 0..self.blocks {
            let at = |name: &str| format!("transformer.h.{block}.{name}");
            let linear = |shapes: &mut Shapes, (name, d_in, d_out): LinearLayer| {
                push_module(shapes, &at(name), vec![d_in, d_out], d_out);
            };
            push_norm(&mut shapes, &at("ln_1"), width);
            linear(&mut shapes, c_attn);
            linear(&mut shapes, attn_proj);
            push_norm(&mut shapes, &at("ln_2"), width);
            linear(&mut shapes, c_fc);
            linear(&mut shapes, mlp_proj);
        }
        push_norm(&mut shapes, "transformer.ln_f", width);
        shapes.extend(labels.map(|labels| named("score.weight", &[labels, width])));
        shapes
    }

    pub(super) fn of_list(list: &[(&str, &[usize])]) -> Option<Self> {
        let [vocabulary, width] = matrix(list, "transformer.wte.weight")?;
        let [positions, _] = matrix(list, "transformer.wpe.weight")?;
        let [_, inner] = matrix(list, "transformer.h.0.mlp.c_fc.weight")?;
        Some(Self {
            vocabulary,
            positions,
            width,
            inner,
            blocks: block_count(list),
        })
    }

    /// With the number of heads.
    pub(super) fn of_config(json: &str) -> Result<(Self, usize), serde_json::Error> {
        let read: Config = serde_json::from_str(json)?;
        let usual = Self::usual(read.vocab_size, read.n_positions, read.n_embd, read.n_layer);
        let sizes = Self {
            inner: read.n_inner.unwrap_or(usual.inner),
            ..usual
        };
        Ok((sizes, read.n_head))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gpt2_small_has_as_many_as_it_is_known_for() {
        let all: usize = Gpt2Sizes::GPT2_SMALL
            .parameters(None)
            .iter()
            .map(|(_, shape)| shape.iter().product::<usize>())
            .sum();
        assert_eq!(all, 124_439_808);
    }
}
