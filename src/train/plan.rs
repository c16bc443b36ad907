//! A strategy put into effect on a model, and what that amounts to.

use crate::methods::fit::{ModelShape, PlanError};
use crate::model::network::Network;
use crate::model::parameters;
use crate::protocol::{ParameterInfo, RunPlan};
use crate::settings::{Seed, Strategy, names};

/// The model with adapters added and gradients asked for where the strategy trains.
pub fn prepare<M: Network>(model: M, strategy: &Strategy, seed: &Seed) -> Result<M, PlanError> {
    strategy.check(&shape(&model))?;
    let model = model.with_strategy(strategy, &mut seed.fork(strategy.name()));
    Ok(model.with_trainable(|name| strategy.trains(name)))
}

fn shape<M: Network>(model: &M) -> ModelShape {
    let linear = |info: ParameterInfo| {
        let sides = <[usize; 2]>::try_from(info.shape).ok()?;
        let is_own = names::is_linear(&info.name) && !info.added;
        is_own.then(|| (names::module(&info.name).to_owned(), sides))
    };
    let listed = parameters::list(model).into_iter();
    ModelShape {
        family: model.family(),
        width: model.width(),
        blocks: model.blocks(),
        positions: model.positions(),
        has_head: model.has_head(),
        linear: listed.filter_map(linear).collect(),
    }
}

/// Every tensor of a prepared model, and the float32 memory that training it takes beside the weights.
pub fn describe<M: Network>(model: &M, strategy: &Strategy) -> RunPlan {
    let parameters = parameters::list(model);
    let trained: usize = parameters
        .iter()
        .filter(|p| p.trainable)
        .map(|p| p.count())
        .sum();
    let beside = parameters.iter().filter_map(|p| names::beside(&p.name));
    let mut matched: Vec<String> = beside.map(str::to_owned).collect();
    matched.dedup();
    RunPlan {
        strategy: strategy.name().to_owned(),
        matched_modules: matched,
        gradient_bytes: 4 * trained as u64,
        optimizer_bytes: 8 * trained as u64,
        parameters,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::gpt2::{Gpt2, Gpt2Config, RandomWeights};
    use crate::model::heads::Head;
    use crate::settings::{BottleneckSettings, LoraSettings, Placement, StrategyKind, count};
    use burn::prelude::Device;

    #[test]
    fn counts_by_arithmetic_agree_with_prepared_models() {
        let config = Gpt2Config::sized(11, 16, 16, 3, 2);
        let dora = LoraSettings {
            use_dora: true,
            ..Default::default()
        };
        let houlsby = BottleneckSettings {
            placement: Placement::Houlsby,
            bottleneck: 3,
        };
        let usual = StrategyKind::ALL.map(StrategyKind::usual);
        let others = [Strategy::Lora(dora), Strategy::Adapter(houlsby)];
        for strategy in usual.into_iter().chain(others) {
            let seed = Seed::new(1);
            let mut weights = RandomWeights::new(seed.clone(), 3);
            let model = Gpt2::load(&config, &mut weights, &Device::flex().autodiff()).unwrap();
            let model = model.with_only_head(Head::Text { labels: 2 }, false, &seed);
            let model = prepare(model, &strategy, &seed).unwrap();
            let plan = describe(&model, &strategy);
            let counted = count(config.sizes(), Some(2), &strategy);
            let name = strategy.name();
            assert_eq!(counted.trainable, plan.trainable_parameters(), "{name}");
            assert_eq!(counted.total, plan.total_parameters(), "{name}");
        }
    }
}
