//! Adapter parameters under PEFT's names and in PEFT's shapes.

use super::PREFIX;
use crate::io::safetensors::NamedTensor;
use crate::settings::Strategy;

/// Where prompt and prefix tuning keep all that they learn.
pub const PROMPT: &str = "prompt_embeddings";

/// Before a head beside a soft prompt: PEFT wraps the model once less there.
const PROMPT_HEAD: &str = "base_model.";

/// The name in PEFT's file of a parameter that LoRA or (IA)³ added, or of a head beside them
/// (`transformer.h.0.attn.c_attn.lora.a`, `score.weight`).
pub fn stored_name(parameter: &str) -> String {
    let ends = [
        (".lora.a", ".lora_A.weight"),
        (".lora.b", ".lora_B.weight"),
        (".lora.magnitude", ".lora_magnitude_vector"),
        (".ia3.factors", ".ia3_l"),
    ];
    let renamed = ends
        .iter()
        .find_map(|(ours, theirs)| Some(format!("{}{theirs}", parameter.strip_suffix(ours)?)));
    format!(
        "{PREFIX}{}",
        renamed.unwrap_or_else(|| parameter.to_owned())
    )
}

/// The name that PEFT saves a tensor under. In a state dict of the adapted model, which is what `torch.save` and other
/// trainers keep, the adapter's own name stands in the middle of it: `…lora_A.default.weight`.
pub fn saved_name(name: &str) -> String {
    let parts: Vec<&str> = name.split('.').collect();
    let is_marker = |part: &&str| {
        let markers = ["lora_A", "lora_B", "lora_magnitude_vector", "ia3_l"];
        markers.contains(part) || *part == "modules_to_save"
    };
    if let ["prompt_encoder", _, "embedding", "weight"] = parts[..] {
        return PROMPT.to_owned();
    }
    let Some(at) = parts.iter().position(is_marker) else {
        return name.to_owned();
    };
    let (before, behind) = parts.split_at(at + 1);
    match (parts[at], behind) {
        ("lora_A" | "lora_B", [_, "weight"]) => format!("{}.weight", before.join(".")),
        ("lora_magnitude_vector" | "ia3_l", [_] | [_, "weight"]) => before.join("."),
        ("modules_to_save", [_, parameter]) => format!("{}.{parameter}", parts[..at].join(".")),
        _ => name.to_owned(),
    }
}

/// The name in PEFT's file of a head's parameter.
pub fn stored_head(parameter: &str, strategy: &Strategy) -> String {
    match strategy {
        Strategy::Prompt { .. } | Strategy::Prefix { .. } => format!("{PROMPT_HEAD}{parameter}"),
        _ => stored_name(parameter),
    }
}

/// The shape in PEFT's file of an adapter parameter of the given shape.
pub fn stored_shape(parameter: &str, shape: &[usize], strategy: &Strategy) -> Vec<usize> {
    match (strategy, parameter.strip_suffix(".ia3.factors"), shape) {
        (Strategy::Ia3(ia3), Some(module), [size]) if ia3.is_feedforward(module) => vec![1, *size],
        (Strategy::Ia3(_), Some(_), [size]) => vec![*size, 1],
        _ => shape.to_vec(),
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
        name: PROMPT.to_owned(),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_adapters_own_name_is_no_part_of_a_tensors() {
        for (found, saved) in [
            (
                "m.h.0.c_attn.lora_A.default.weight",
                "m.h.0.c_attn.lora_A.weight",
            ),
            ("m.c_attn.lora_B.weight", "m.c_attn.lora_B.weight"),
            (
                "m.c_attn.lora_magnitude_vector.a.weight",
                "m.c_attn.lora_magnitude_vector",
            ),
            ("m.c_attn.ia3_l.default", "m.c_attn.ia3_l"),
            ("m.score.modules_to_save.default.weight", "m.score.weight"),
            ("m.score.weight", "m.score.weight"),
            (
                "prompt_encoder.default.embedding.weight",
                "prompt_embeddings",
            ),
        ] {
            assert_eq!(saved_name(found), saved);
        }
    }
}
