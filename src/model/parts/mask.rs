//! Who may look at whom.

use burn::prelude::*;

/// Added to the scores of pairs that must not attend. Its exponential is 0 in float32 beside any real
/// score, and unlike −∞ it leaves a row that may look at nothing finite.
const FORBIDDEN: f32 = -1e9;

/// What is added to the attention scores: 0 where the query may look at the key, a huge negative number
/// where it may not (padding, and the future where `causal`). `[batch or 1, 1, queries, keys]`.
///
/// The queries are the last of the `seen + queries` positions. `padding` holds `true` for real tokens,
/// `[batch][seen + queries]`.
pub fn attention_bias(
    queries: usize,
    seen: usize,
    padding: Option<&[Vec<bool>]>,
    causal: bool,
    device: &Device,
) -> Tensor<4> {
    let keys = seen + queries;
    let rows = padding.map_or(1, <[_]>::len);
    let mut bias = Vec::with_capacity(rows * queries * keys);
    for row in 0..rows {
        let real = padding.map(|p| &p[row]);
        for query in 0..queries {
            bias.extend((0..keys).map(|key| {
                let visible = (!causal || key <= seen + query) && real.is_none_or(|r| r[key]);
                if visible { 0.0 } else { FORBIDDEN }
            }));
        }
    }
    Tensor::from_data(TensorData::new(bias, [rows, 1, queries, keys]), device)
}
