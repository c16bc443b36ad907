//! Several LoRA adapters on one base at once: their products, each times a weight, added up.
//!
//! As PEFT's `add_weighted_adapter` with `combination_type="cat"`: the A's are stacked, and the B's side by side with
//! weight and scaling multiplied in, so that the blend is exact and an adapter itself, of the sum of the ranks.

use std::collections::BTreeMap;

use burn::module::Param;
use burn::prelude::*;

use super::layer::Lora;
use crate::faults::BlendError;
use crate::methods::Beside;
use crate::model::network::Network;
use crate::model::parameters::{is_adapter, list};

/// The base with all of the adapters on it. Each part is a model of the same base with its adapter; heads are those of
/// the first part, since an average of heads answers for none.
pub fn blend<M: Network>(parts: Vec<(M, f64)>) -> Result<M, BlendError> {
    let mut beside: BTreeMap<String, Vec<(Lora, f64)>> = BTreeMap::new();
    let mut first = None;
    for (index, (model, weight)) in parts.into_iter().enumerate() {
        let number = index + 1;
        let stripped = take_lora(model, weight, &mut beside);
        if !is_plain(&stripped, &beside) {
            return Err(BlendError::NotLora { number });
        }
        first.get_or_insert(stripped);
    }
    let base = first.ok_or(BlendError::Nothing)?;
    Ok(base.map_beside(&mut |layer, _| beside.remove(layer.path).map(stack).map(Beside::Lora)))
}

/// The model without LoRA, and what stood beside its layers.
fn take_lora<M: Network>(
    model: M,
    weight: f64,
    beside: &mut BTreeMap<String, Vec<(Lora, f64)>>,
) -> M {
    model.map_beside(&mut |layer, stands| match stands {
        Some(Beside::Lora(lora)) => {
            let there = beside.entry(layer.path.to_owned()).or_default();
            there.push((lora, weight));
            None
        }
        other => other,
    })
}

fn is_plain<M: Network>(stripped: &M, beside: &BTreeMap<String, Vec<(Lora, f64)>>) -> bool {
    let other = list(stripped)
        .iter()
        .any(|parameter| is_adapter(&parameter.name));
    let dora = beside
        .values()
        .flatten()
        .any(|(lora, _)| lora.magnitude.is_some());
    !other && !dora
}

fn stack(parts: Vec<(Lora, f64)>) -> Lora {
    let a = parts.iter().map(|(lora, _)| lora.a.val().inner()).collect();
    let b = parts
        .iter()
        .map(|(lora, weight)| lora.b.val().inner().mul_scalar(weight * lora.scaling))
        .collect();
    Lora {
        a: Param::from_tensor(Tensor::cat(a, 0)),
        b: Param::from_tensor(Tensor::cat(b, 1)),
        magnitude: None,
        scaling: 1.0,
        dropout: 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::gpt2::Gpt2;
    use crate::model::gpt2::{Gpt2Config, RandomWeights};
    use crate::model::parts::{Pass, Tokens};
    use crate::settings::{LoraSettings, Seed, Strategy};

    fn base() -> Gpt2 {
        let config = Gpt2Config::sized(11, 8, 6, 2, 2);
        let mut weights = RandomWeights::new(Seed::new(1), 2);
        Gpt2::load(&config, &mut weights, &Device::flex()).unwrap()
    }

    /// An adapter whose B is not zero.
    fn adapted(seed: u64, targets: &[&str], use_dora: bool) -> Gpt2 {
        let settings = LoraSettings {
            rank: 2,
            target_modules: targets.iter().map(|t| (*t).to_owned()).collect(),
            use_dora,
            ..LoraSettings::default()
        };
        let model = base().with_strategy(&Strategy::Lora(settings), &mut Seed::new(seed));
        model.map_beside(|_, beside| {
            Beside::map_lora(beside, |lora| Lora {
                b: lora.b.map(|b| b.ones_like().mul_scalar(0.1 * seed as f64)),
                ..lora
            })
        })
    }

    fn logits(model: &Gpt2) -> Vec<f32> {
        let ids = [vec![1, 5, 3, 2]];
        let logits = model.logits(Tokens::new(&ids), &mut Pass::default());
        logits.into_data().try_to_vec().unwrap()
    }

    #[test]
    fn a_blend_adds_the_products() {
        let (one, two) = (
            adapted(1, &["c_attn"], false),
            adapted(2, &["c_attn", "c_proj"], false),
        );
        let blended = blend(vec![(one.clone(), 0.25), (two.clone(), 2.0)]).unwrap();
        let mut deltas = BTreeMap::new();
        for (model, weight) in [(one, 0.25), (two, 2.0)] {
            model.map_linear(|path, linear| {
                if let Some(Beside::Lora(lora)) = &linear.beside {
                    let delta = lora.delta().mul_scalar(weight);
                    deltas
                        .entry(path.to_owned())
                        .or_insert_with(Vec::new)
                        .push(delta);
                }
                linear
            });
        }
        let expected = base().map_linear(|path, mut linear| {
            for delta in deltas.remove(path).into_iter().flatten() {
                linear.weight = linear.weight.map(|w| w + delta);
            }
            linear
        });
        for (ours, theirs) in logits(&blended).iter().zip(logits(&expected)) {
            assert!((ours - theirs).abs() < 1e-5, "{ours} against {theirs}");
        }
        assert_ne!(logits(&blended), logits(&base()));
    }

    #[test]
    fn one_adapter_at_full_weight_is_itself() {
        let one = adapted(3, &["c_attn"], false);
        let alone = blend(vec![(one.clone(), 1.0)]).unwrap();
        for (ours, theirs) in logits(&alone).iter().zip(logits(&one)) {
            assert!((ours - theirs).abs() < 1e-5);
        }
    }

    #[test]
    fn what_has_no_product_is_refused_by_number() {
        let (lora, dora) = (
            adapted(1, &["c_attn"], false),
            adapted(2, &["c_attn"], true),
        );
        let error = blend(vec![(lora, 1.0), (dora, 1.0)]).unwrap_err();
        assert_eq!(error, BlendError::NotLora { number: 2 });
        assert_eq!(
            blend(Vec::<(Gpt2, f64)>::new()).unwrap_err(),
            BlendError::Nothing
        );
    }
}
