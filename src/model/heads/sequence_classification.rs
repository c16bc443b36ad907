//! The head of `GPT2ForSequenceClassification`: one linear layer, no bias, on one token of each text.

use burn::module::Param;
use burn::prelude::*;

use super::super::weights::WeightSource;
use crate::faults::WeightError;
use crate::settings::Seed;

/// `score` in Hugging Face's names.
#[derive(Module, Debug)]
pub struct Score {
    /// `[labels, d_model]`, as `torch.nn.Linear` keeps it.
    pub weight: Param<Tensor<2>>,
}

impl Score {
    /// A fresh head: normal with `initializer_range` 0.02, as `GPT2PreTrainedModel._init_weights`.
    pub fn init(labels: usize, d_model: usize, seed: &mut Seed, device: &Device) -> Self {
        let weight: Vec<f32> = (0..labels * d_model)
            .map(|_| seed.normal(0.02) as f32)
            .collect();
        Self {
            weight: Param::from_data(TensorData::new(weight, [labels, d_model]), device),
        }
    }

    pub fn load(
        labels: usize,
        d_model: usize,
        weights: &mut impl WeightSource,
        device: &Device,
    ) -> Result<Self, WeightError> {
        Ok(Self {
            weight: weights.matrix("score.weight", [labels, d_model], device)?,
        })
    }

    /// `[batch, d_model] → [batch, labels]`
    pub fn forward(&self, pooled: Tensor<2>) -> Tensor<2> {
        pooled.matmul(self.weight.val().transpose())
    }
}

/// The position that stands for each text: its last token that is not `pad`.
///
/// As in transformers the id alone decides, not the attention mask; a row of nothing but padding gives
/// position 0, and without a pad id every row gives its last position.
pub fn pooled_index(row: &[i32], pad: Option<i32>) -> usize {
    let last = row.len().saturating_sub(1);
    match pad {
        None => last,
        Some(pad) => row.iter().rposition(|&id| id != pad).unwrap_or(0),
    }
}

/// The same counted through `[batch · seq]`.
pub fn text_rows(ids: &[Vec<i32>], pad: Option<i32>) -> Vec<i32> {
    let seq = ids.first().map_or(0, Vec::len);
    let places = ids.iter().enumerate();
    places
        .map(|(text, row)| (text * seq + pooled_index(row, pad)) as i32)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_token_that_is_not_padding_stands_for_the_text() {
        assert_eq!(pooled_index(&[5, 6, 9, 9], Some(9)), 1);
        assert_eq!(pooled_index(&[9, 9, 5, 6], Some(9)), 3);
        assert_eq!(pooled_index(&[5, 9, 6, 9], Some(9)), 2);
        assert_eq!(pooled_index(&[5, 6], None), 1);
    }
}
