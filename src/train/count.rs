//! How many parameters a strategy trains, by arithmetic on shapes: for models too large to be at hand.

use crate::model::gpt2::{Gpt2Config, parameter_shapes};
use crate::settings::{LoraSettings, Strategy};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    pub trainable: usize,
    pub total: usize,
}

/// Counts of the prepared model, with a classification head where `labels` says how many there are.
pub fn count(config: &Gpt2Config, labels: Option<usize>, strategy: &Strategy) -> Counts {
    let mut counts = Counts {
        trainable: 0,
        total: 0,
    };
    for (name, shape) in parameter_shapes(config, labels) {
        let own: usize = shape.iter().product();
        let added = match strategy {
            Strategy::Lora(lora) => beside(&name, &shape, lora),
            _ => 0,
        };
        counts.total += own + added;
        counts.trainable += added + if strategy.trains(&name) { own } else { 0 };
    }
    counts
}

/// What LoRA adds beside a weight: A has rank × inputs, B outputs × rank.
fn beside(name: &str, shape: &[usize], lora: &LoraSettings) -> usize {
    match (name.strip_suffix(".weight"), shape) {
        (Some(module), [d_in, d_out]) if module.contains(".h.") && lora.targets(module) => {
            lora.rank * (d_in + d_out)
        }
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::gpt2::{Gpt2, RandomWeights};
    use crate::settings::Seed;
    use crate::train::plan;
    use burn::prelude::Device;

    #[test]
    fn agrees_with_prepared_models() {
        let config = Gpt2Config::sized(11, 8, 6, 3, 2);
        let lora = LoraSettings {
            rank: 2,
            ..Default::default()
        };
        for strategy in [
            Strategy::Full,
            Strategy::Partial { frozen_blocks: 2 },
            Strategy::Head,
            Strategy::BitFit,
            Strategy::Lora(lora),
        ] {
            let seed = Seed::new(1);
            let mut weights = RandomWeights::new(seed.clone(), 3);
            let model = Gpt2::load(&config, &mut weights, &Device::flex().autodiff()).unwrap();
            let score = plan::fresh_score(&model, 2, &seed);
            let model = plan::prepare(model.with_score(score), &strategy, &seed).unwrap();
            let plan = plan::describe(&model, &strategy);
            let counted = count(&config, Some(2), &strategy);
            let name = strategy.name();
            assert_eq!(counted.trainable, plan.trainable_parameters(), "{name}");
            assert_eq!(counted.total, plan.total_parameters(), "{name}");
        }
    }
}
