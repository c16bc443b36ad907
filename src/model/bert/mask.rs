//! Who may look at whom: everyone at every real token.

use burn::prelude::*;

/// As [`super::super::gpt2::attention_bias`] has it: 0 in float32 beside any real score.
const FORBIDDEN: f32 = -1e9;

/// What is added to the attention scores: 0 for real tokens, a huge negative number for padding.
/// `[batch or 1, 1, seq, seq]`; `padding` holds `true` for real tokens, `[batch][seq]`.
pub fn padding_bias(seq: usize, padding: Option<&[Vec<bool>]>, device: &Device) -> Tensor<4> {
    let Some(padding) = padding else {
        return Tensor::zeros([1, 1, seq, seq], device);
    };
    let mut bias = Vec::with_capacity(padding.len() * seq * seq);
    for row in padding {
        for _query in 0..seq {
            bias.extend(row.iter().map(|real| if *real { 0.0 } else { FORBIDDEN }));
        }
    }
    Tensor::from_data(TensorData::new(bias, [padding.len(), 1, seq, seq]), device)
}
