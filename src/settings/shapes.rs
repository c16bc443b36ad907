//! What a GPT-2 of given sizes consists of: names and shapes, no numbers. The page counts with them, and so
//! does the command line.

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
    pub fn linear_layers(&self) -> [(&'static str, usize, usize); 4] {
        let (width, inner) = (self.width, self.inner);
        [
            ("attn.c_attn", width, 3 * width),
            ("attn.c_proj", width, width),
            ("mlp.c_fc", width, inner),
            ("mlp.c_proj", inner, width),
        ]
    }

    /// Every parameter under Hugging Face's name with its shape, in the model's own order; with a
    /// classification head of `labels` rows where a number is given. The language-model head is the token
    /// embedding itself.
    pub fn parameters(&self, labels: Option<usize>) -> Vec<(String, Vec<usize>)> {
        let width = self.width;
        let mut shapes = vec![
            named("transformer.wte.weight", &[self.vocabulary, width]),
            named("transformer.wpe.weight", &[self.positions, width]),
        ];
        let [c_attn, attn_proj, c_fc, mlp_proj] = self
            .linear_layers()
            .map(|(name, d_in, d_out)| (name, vec![d_in, d_out]));
        let norm = |name| (name, vec![width]);
        for block in 0..self.blocks {
            for (module, weight) in [
                norm("ln_1"),
                c_attn.clone(),
                attn_proj.clone(),
                norm("ln_2"),
                c_fc.clone(),
                mlp_proj.clone(),
            ] {
                push_module(
                    &mut shapes,
                    &format!("transformer.h.{block}.{module}"),
                    weight,
                );
            }
        }
        push_module(&mut shapes, "transformer.ln_f", vec![width]);
        shapes.extend(labels.map(|labels| named("score.weight", &[labels, width])));
        shapes
    }
}

fn named(name: &str, shape: &[usize]) -> (String, Vec<usize>) {
    (name.to_owned(), shape.to_vec())
}

/// A weight, and the bias that every output of it has.
fn push_module(shapes: &mut Vec<(String, Vec<usize>)>, path: &str, weight: Vec<usize>) {
    let outputs = weight.last().copied().unwrap_or(0);
    shapes.push((format!("{path}.weight"), weight));
    shapes.push((format!("{path}.bias"), vec![outputs]));
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
