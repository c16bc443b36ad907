//! What PEFT's prompt and prefix tuning have in common: one matrix of learned vectors.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::BaseShape;
use super::fields::{object, read, refuse};
use crate::faults::{Allowed, PeftError};
use crate::io::safetensors::NamedTensor;
use crate::methods::StoredSize;

/// Where they keep all that they learn.
pub const TENSOR: &str = "prompt_embeddings";

#[derive(Deserialize)]
struct Fields {
    num_virtual_tokens: usize,
    #[serde(default)]
    num_transformer_submodules: Option<usize>,
    #[serde(default)]
    prefix_projection: bool,
}

/// How many virtual tokens there are.
pub fn parse(json: &str) -> Result<usize, PeftError> {
    let fields: Fields = read(json)?;
    if fields.num_virtual_tokens == 0 {
        return refuse("num_virtual_tokens", 0, Allowed::AtLeastOne);
    }
    if fields.prefix_projection {
        return refuse("prefix_projection", true, Allowed::one_of(&["false"]));
    }
    match fields.num_transformer_submodules {
        None | Some(1) => Ok(fields.num_virtual_tokens),
        Some(other) => refuse("num_transformer_submodules", other, Allowed::one_of(&["1"])),
    }
}

/// The fields that both have.
pub fn fields(virtual_tokens: usize, shape: BaseShape) -> Map<String, Value> {
    object(json!({
        "num_attention_heads": shape.heads,
        "num_layers": shape.layers,
        "num_transformer_submodules": 1,
        "num_virtual_tokens": virtual_tokens,
        "token_dim": shape.width,
    }))
}

/// What the file's matrix must agree with.
pub fn size(virtual_tokens: usize) -> StoredSize {
    StoredSize {
        field: "num_virtual_tokens",
        is: virtual_tokens,
        tensor: TENSOR,
    }
}

/// The keys and values of every block's prefix, in the blocks' order, as one matrix: a row a virtual token.
pub fn join_prefix(tensors: &[NamedTensor]) -> NamedTensor {
    let [rows, width] = tensors.first().map_or([0, 0], |t| [t.shape[0], t.shape[1]]);
    let row = |index: usize| {
        let part = move |tensor: &NamedTensor| tensor.values[index * width..][..width].to_vec();
        tensors.iter().flat_map(part)
    };
    NamedTensor {
        name: TENSOR.to_owned(),
        shape: vec![rows, tensors.len() * width],
        values: (0..rows).flat_map(row).collect(),
    }
}

/// The `index`-th of the `width` columns wide parts that [`join_prefix`] put together.
pub fn part_of_prefix(values: &[f32], all_columns: usize, width: usize, index: usize) -> Vec<f32> {
    values
        .chunks(all_columns)
        .flat_map(|row| row[index * width..][..width].iter().copied())
        .collect()
}
