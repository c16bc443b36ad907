//! A strategy put into effect on a model, and what that amounts to.

use crate::faults::PlanError;
use crate::methods::names;
use crate::methods::{LinearShape, ModelShape};
use crate::model::network::Network;
use crate::model::parameters;
use crate::protocol::{ParameterInfo, RunPlan};
use crate::settings::{Seed, Strategy};

/// The model with adapters added and gradients asked for where the strategy trains.
pub fn prepare<M: Network>(model: M, strategy: &Strategy, seed: &Seed) -> Result<M, PlanError> {
    strategy.check(&shape(&model))?;
    let model = model.with_strategy(strategy, &mut seed.fork(strategy.name()));
    Ok(model.with_trainable(|name| strategy.trains(name)))
}

/// What a strategy would train of a model, by arithmetic: nothing is put into effect.
pub fn planned<M: Network>(model: &M, strategy: &Strategy) -> Result<RunPlan, PlanError> {
    let shape = shape(model);
    strategy.check(&shape)?;
    let mut parameters = parameters::list(model);
    for info in &mut parameters {
        info.trainable = strategy.trains(&info.name);
    }
    let added = strategy.added(&shape).into_iter();
    parameters.extend(added.map(|(name, shape)| ParameterInfo {
        name,
        shape,
        trainable: true,
        added: true,
    }));
    Ok(plan(parameters, strategy))
}

fn shape<M: Network>(model: &M) -> ModelShape {
    let family = model.family();
    let own = parameters::list(model).into_iter().filter(|p| !p.added);
    ModelShape {
        family,
        width: model.width(),
        blocks: model.blocks(),
        positions: model.positions(),
        has_head: model.has_head(),
        linear: own
            .filter_map(|p| LinearShape::of(family, &p.name, &p.shape))
            .collect(),
    }
}

/// Every tensor of a prepared model, and the float32 memory that training it takes beside the weights.
pub fn describe<M: Network>(model: &M, strategy: &Strategy) -> RunPlan {
    plan(parameters::list(model), strategy)
}

fn plan(parameters: Vec<ParameterInfo>, strategy: &Strategy) -> RunPlan {
    let trained = parameters.iter().filter(|p| p.trainable);
    let trained: usize = trained.map(ParameterInfo::count).sum();
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

    fn by_name(mut plan: RunPlan) -> RunPlan {
        plan.parameters
            .sort_by(|one, other| one.name.cmp(&other.name));
        plan
    }

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
            let planned = planned(&model, &strategy).unwrap();
            let model = prepare(model, &strategy, &seed).unwrap();
            let plan = describe(&model, &strategy);
            assert_eq!(by_name(planned), by_name(plan.clone()), "{strategy:?}");
            let counted = count(config.sizes(), Some(2), &strategy);
            let name = strategy.name();
            assert_eq!(counted.trainable, plan.trainable_parameters(), "{name}");
            assert_eq!(counted.total, plan.total_parameters(), "{name}");
        }
    }
}
