//! A strategy put into effect on a model, and what that amounts to.

use crate::model::network::Network;
use crate::model::parameters;
use crate::protocol::{ParameterInfo, RunPlan};
use crate::settings::{Family, LoraSettings, Seed, Strategy, names_module, unmatched_targets};

/// A strategy that does not fit the model.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    #[error(
        "target modules {targets:?} match nothing in this model; it has {modules} in each block"
    )]
    NothingMatched {
        targets: Vec<String>,
        modules: String,
    },
    #[error(
        "rank {rank} is larger than the smaller side ({side}) of `{module}`; choose at most {side}"
    )]
    RankTooLarge {
        rank: usize,
        module: String,
        side: usize,
    },
    #[error(
        "target modules {targets:?} name lm_head, which is the token embedding itself here; an adapter cannot stand beside it, so leave it out"
    )]
    TiedHead { targets: Vec<String> },
    #[error(
        "a bottleneck of {bottleneck} is no bottleneck in a model {width} wide; choose at most {width}"
    )]
    BottleneckTooWide { bottleneck: usize, width: usize },
    #[error(
        "{virtual_tokens} virtual tokens leave no room for a text: the model has {positions} positions"
    )]
    NoRoom {
        virtual_tokens: usize,
        positions: usize,
    },
    #[error("{frozen} frozen blocks, but the model has {blocks}")]
    TooManyFrozenBlocks { frozen: usize, blocks: usize },
    #[error(
        "a head-only run needs a head of its own, as classification and question answering have; the language-model head is the token embedding itself"
    )]
    NoHead,
    #[error(
        "the strategy {strategy} is for GPT-2 only; a BERT takes full, partial, head, bitfit, lora and ia3"
    )]
    NotForBert { strategy: &'static str },
}

/// The model with adapters added and gradients asked for where the strategy trains.
pub fn prepare<M: Network>(model: M, strategy: &Strategy, seed: &Seed) -> Result<M, PlanError> {
    check(&model, strategy)?;
    let model = model.with_strategy(strategy, &mut seed.fork(strategy.name()));
    Ok(model.with_trainable(|name| strategy.trains(name)))
}

fn check<M: Network>(model: &M, strategy: &Strategy) -> Result<(), PlanError> {
    let blocks = model.blocks();
    match strategy {
        Strategy::Partial { frozen_blocks } if *frozen_blocks > blocks => {
            Err(PlanError::TooManyFrozenBlocks {
                frozen: *frozen_blocks,
                blocks,
            })
        }
        Strategy::Head if !model.has_head() => Err(PlanError::NoHead),
        Strategy::Lora(lora) => {
            check_targets(model, &lora.target_modules)?;
            check_rank(model, lora)
        }
        Strategy::Ia3(ia3) => check_targets(model, &ia3.target_modules),
        Strategy::Adapter(_) | Strategy::Prompt { .. } | Strategy::Prefix { .. }
            if model.family() == Family::Bert =>
        {
            let strategy = strategy.name();
            Err(PlanError::NotForBert { strategy })
        }
        Strategy::Adapter(settings) if settings.bottleneck > model.width() => {
            Err(PlanError::BottleneckTooWide {
                bottleneck: settings.bottleneck,
                width: model.width(),
            })
        }
        Strategy::Prompt { virtual_tokens } | Strategy::Prefix { virtual_tokens } => {
            let (virtual_tokens, positions) = (*virtual_tokens, model.positions());
            if virtual_tokens < positions {
                return Ok(());
            }
            Err(PlanError::NoRoom {
                virtual_tokens,
                positions,
            })
        }
        _ => Ok(()),
    }
}

/// Tables of vectors, which are looked up and not multiplied.
const TABLES: [&str; 5] = [
    "wte",
    "wpe",
    "word_embeddings",
    "position_embeddings",
    "token_type_embeddings",
];

/// Paths of the modules that LoRA and (IA)³ can stand beside, with the smaller side of each.
fn linear_modules<M: Network>(model: &M) -> Vec<(String, usize)> {
    let linear = |info: ParameterInfo| {
        let module = info.name.strip_suffix(".weight")?;
        let name = module.rsplit('.').next()?;
        let is_linear = info.shape.len() == 2 && !TABLES.contains(&name) && !info.added;
        let side = info.shape.iter().copied().min()?;
        is_linear.then(|| (module.to_owned(), side))
    };
    parameters::list(model)
        .into_iter()
        .filter_map(linear)
        .collect()
}

fn check_targets<M: Network>(model: &M, targets: &[String]) -> Result<(), PlanError> {
    let targets = targets.to_vec();
    if names_module(&targets, "lm_head") {
        return Err(PlanError::TiedHead { targets });
    }
    let found = linear_modules(model);
    let paths: Vec<String> = found.into_iter().map(|(path, _)| path).collect();
    let unmatched = unmatched_targets(&targets, &paths);
    if !targets.is_empty() && unmatched.is_empty() {
        return Ok(());
    }
    Err(PlanError::NothingMatched {
        targets: unmatched,
        modules: model.family().listed_modules(),
    })
}

fn check_rank<M: Network>(model: &M, lora: &LoraSettings) -> Result<(), PlanError> {
    let modules = linear_modules(model).into_iter();
    let mut targeted = modules.filter(|(path, _)| lora.targets(path));
    match targeted.find(|(_, side)| lora.rank > *side) {
        Some((module, side)) => Err(PlanError::RankTooLarge {
            rank: lora.rank,
            module,
            side,
        }),
        None => Ok(()),
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
    let matched = parameters.iter().filter_map(|p| {
        let module = p.name.strip_suffix(".lora.a");
        module.or_else(|| p.name.strip_suffix(".ia3.factors"))
    });
    RunPlan {
        strategy: strategy.name().to_owned(),
        matched_modules: matched.map(str::to_owned).collect(),
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
    use crate::settings::{BottleneckSettings, Ia3Settings, Placement, count};
    use burn::prelude::Device;

    #[test]
    fn counts_by_arithmetic_agree_with_prepared_models() {
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
