//! Adapter parameters under PEFT's names and in PEFT's shapes.

use super::PREFIX;
use super::virtual_tokens::TENSOR;
use crate::methods::names::beside;
use crate::settings::{Strategy, StrategyKind};

/// Before a head beside a soft prompt: PEFT wraps the model once less there.
const PROMPT_HEAD: &str = "base_model.";

/// How the names of all methods end: here, and in PEFT's file.
fn ends() -> Vec<(&'static str, &'static str)> {
    let methods = StrategyKind::ALL.map(StrategyKind::usual);
    let tensors = methods
        .iter()
        .filter_map(|method| Some(method.adapts().peft()?.tensors()));
    tensors.flatten().copied().collect()
}

/// The name in PEFT's file of a parameter that a method added beside a layer, or of a head beside them
/// (`transformer.h.0.attn.c_attn.lora.a`, `score.weight`).
pub fn stored_name(parameter: &str) -> String {
    let renamed = ends()
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
    if let ["prompt_encoder", _, "embedding", "weight"] = parts[..] {
        return TENSOR.to_owned();
    }
    for (_, theirs) in ends() {
        // `.lora_A.weight`: the parameter's own name stands behind the adapter's; `.ia3_l` has none.
        let (marker, end) = match theirs.trim_start_matches('.').split_once('.') {
            Some((marker, _)) => (marker, ".weight"),
            None => (&theirs[1..], ""),
        };
        let Some(at) = parts.iter().position(|part| *part == marker) else {
            continue;
        };
        let (before, behind) = parts.split_at(at + 1);
        return match behind {
            [_, "weight"] => format!("{}{end}", before.join(".")),
            [_] if end.is_empty() => before.join("."),
            _ => name.to_owned(),
        };
    }
    let saved = parts.iter().position(|part| *part == "modules_to_save");
    match saved.map(|at| parts.split_at(at)) {
        Some((before, [_, _, parameter])) => format!("{}.{parameter}", before.join(".")),
        _ => name.to_owned(),
    }
}

/// The name in PEFT's file of a head's parameter.
pub fn stored_head(parameter: &str, strategy: &Strategy) -> String {
    match strategy.virtual_tokens() {
        0 => stored_name(parameter),
        _ => format!("{PROMPT_HEAD}{parameter}"),
    }
}

/// The shape in PEFT's file of an adapter parameter of the given shape.
pub fn stored_shape(parameter: &str, shape: &[usize], strategy: &Strategy) -> Vec<usize> {
    match (strategy.adapts().peft(), beside(parameter)) {
        (Some(peft), Some(module)) => peft.stored_shape(module, shape),
        _ => shape.to_vec(),
    }
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
