//! How many parameters a strategy trains, by arithmetic on shapes: for models too large to be at hand.

use crate::model::gpt2::{Gpt2Config, parameter_shapes};
use crate::settings::{BottleneckSettings, Strategy};

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
        let added = beside(&name, &shape, strategy);
        counts.total += own + added;
        counts.trainable += added + if strategy.trains(&name) { own } else { 0 };
    }
    let more = elsewhere(config, strategy);
    Counts {
        trainable: counts.trainable + more,
        total: counts.total + more,
    }
}

/// What a strategy adds beside a weight `[inputs, outputs]`.
fn beside(name: &str, shape: &[usize], strategy: &Strategy) -> usize {
    let (Some(module), [d_in, d_out]) = (name.strip_suffix(".weight"), shape) else {
        return 0;
    };
    match strategy {
        _ if !module.contains(".h.") => 0,
        Strategy::Lora(lora) if lora.targets(module) => {
            lora.rank * (d_in + d_out) + if lora.use_dora { *d_out } else { 0 }
        }
        Strategy::Ia3(ia3) if ia3.is_feedforward(module) && ia3.targets(module) => *d_in,
        Strategy::Ia3(ia3) if ia3.targets(module) => *d_out,
        _ => 0,
    }
}

/// What a strategy adds that stands beside no single weight.
fn elsewhere(config: &Gpt2Config, strategy: &Strategy) -> usize {
    let (width, blocks) = (config.n_embd, config.n_layer);
    match strategy {
        Strategy::Adapter(BottleneckSettings {
            placement,
            bottleneck,
        }) => blocks * placement.per_block() * (2 * width * bottleneck + bottleneck + width),
        Strategy::Prompt { virtual_tokens } => virtual_tokens * width,
        Strategy::Prefix { virtual_tokens } => 2 * blocks * virtual_tokens * width,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::gpt2::{Gpt2, RandomWeights};
    use crate::settings::{Ia3Settings, LoraSettings, Placement, Seed};
    use crate::train::plan;
    use burn::prelude::Device;

    #[test]
    fn agrees_with_prepared_models() {
        let config = Gpt2Config::sized(11, 8, 6, 3, 2);
        let lora = LoraSettings {
            rank: 2,
            ..Default::default()
        };
        let dora = LoraSettings {
            use_dora: true,
            ..lora.clone()
        };
        let houlsby = BottleneckSettings {
            placement: Placement::Houlsby,
            bottleneck: 3,
        };
        for strategy in [
            Strategy::Full,
            Strategy::Partial { frozen_blocks: 2 },
            Strategy::Head,
            Strategy::BitFit,
            Strategy::Lora(lora),
            Strategy::Lora(dora),
            Strategy::Ia3(Ia3Settings::default()),
            Strategy::Adapter(houlsby),
            Strategy::Prompt { virtual_tokens: 2 },
            Strategy::Prefix { virtual_tokens: 2 },
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
