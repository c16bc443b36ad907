//! What a configuration's model consists of, without a model: names and shapes alone.

use super::Gpt2Config;

/// Every parameter under Hugging Face's name with its shape, in the model's own order; with a classification
/// head of `labels` rows where a number is given. The language-model head is the token embedding itself.
pub fn parameter_shapes(config: &Gpt2Config, labels: Option<usize>) -> Vec<(String, Vec<usize>)> {
    let (width, inner) = (config.n_embd, config.inner());
    let mut shapes = vec![
        (
            "transformer.wte.weight".to_owned(),
            vec![config.vocab_size, width],
        ),
        (
            "transformer.wpe.weight".to_owned(),
            vec![config.n_positions, width],
        ),
    ];
    for block in 0..config.n_layer {
        for (module, weight) in [
            ("ln_1", vec![width]),
            ("attn.c_attn", vec![width, 3 * width]),
            ("attn.c_proj", vec![width, width]),
            ("ln_2", vec![width]),
            ("mlp.c_fc", vec![width, inner]),
            ("mlp.c_proj", vec![inner, width]),
        ] {
            push_module(
                &mut shapes,
                &format!("transformer.h.{block}.{module}"),
                weight,
            );
        }
    }
    push_module(&mut shapes, "transformer.ln_f", vec![width]);
    shapes.extend(labels.map(|labels| ("score.weight".to_owned(), vec![labels, width])));
    shapes
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
    use crate::model::gpt2::{Gpt2, RandomWeights};
    use crate::model::heads::sequence_classification::Score;
    use crate::model::parameters;
    use crate::settings::Seed;
    use burn::prelude::Device;

    #[test]
    fn is_the_models_own_list() {
        let config = Gpt2Config::sized(11, 8, 6, 2, 2);
        let (device, mut weights) = (Device::flex(), RandomWeights::new(Seed::new(1), 2));
        let model = Gpt2::load(&config, &mut weights, &device)
            .unwrap()
            .with_score(Score::init(3, 6, &mut Seed::new(2), &device));
        let listed: Vec<_> = parameters::list(&model)
            .into_iter()
            .map(|p| (p.name, p.shape))
            .collect();
        assert_eq!(parameter_shapes(&config, Some(3)), listed);
    }
}
