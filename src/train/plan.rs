//! A strategy put into effect on a model, and what that amounts to.

use crate::model::gpt2::Gpt2;
use crate::model::heads::sequence_classification::Score;
use crate::model::parameters;
use crate::protocol::RunPlan;
use crate::settings::{Seed, Strategy};

/// A strategy that does not fit the model.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    #[error(
        "target modules {targets:?} match nothing in this model; it has c_attn, c_proj and c_fc in each block"
    )]
    NothingMatched { targets: Vec<String> },
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
    #[error("{frozen} frozen blocks, but the model has {blocks}")]
    TooManyFrozenBlocks { frozen: usize, blocks: usize },
    #[error(
        "a head-only run needs a head of its own, as sequence classification has; the language-model head is the token embedding itself"
    )]
    NoHead,
    #[error(
        "target modules {targets:?} match nothing in this model; a BERT has query, key, value and dense in each layer"
    )]
    NothingMatchedInBert { targets: Vec<String> },
    #[error(
        "the strategy {strategy} is for GPT-2 only; a BERT takes full, partial, head, bitfit and lora"
    )]
    NotForBert { strategy: &'static str },
}

/// The model with adapters added and gradients asked for where the strategy trains.
pub fn prepare(model: Gpt2, strategy: &Strategy, seed: &Seed) -> Result<Gpt2, PlanError> {
    let blocks = model.transformer.h.len();
    match strategy {
        Strategy::Partial { frozen_blocks } if *frozen_blocks > blocks => {
            return Err(PlanError::TooManyFrozenBlocks {
                frozen: *frozen_blocks,
                blocks,
            });
        }
        Strategy::Head if model.score.is_none() => return Err(PlanError::NoHead),
        _ => {}
    }
    let model = match strategy {
        Strategy::Lora(lora) => {
            check_targets(&model, lora)?;
            model.with_lora(lora, &mut seed.fork("lora"))
        }
        _ => model,
    };
    Ok(model.with_trainable(|name| strategy.trains(name)))
}

fn check_targets(model: &Gpt2, lora: &crate::settings::LoraSettings) -> Result<(), PlanError> {
    if lora.targets("lm_head") {
        return Err(PlanError::TiedHead {
            targets: lora.target_modules.clone(),
        });
    }
    let mut matched = false;
    for info in parameters::list(model) {
        let Some(module) = info.name.strip_suffix(".weight") else {
            continue;
        };
        let is_linear = info.shape.len() == 2 && module.contains(".h.");
        if is_linear && lora.targets(module) {
            matched = true;
            let side = info.shape.iter().copied().min().unwrap_or(0);
            if lora.rank > side {
                let module = module.to_owned();
                return Err(PlanError::RankTooLarge {
                    rank: lora.rank,
                    module,
                    side,
                });
            }
        }
    }
    if matched {
        Ok(())
    } else {
        Err(PlanError::NothingMatched {
            targets: lora.target_modules.clone(),
        })
    }
}

/// A fresh classification head, as transformers puts on a checkpoint that has none.
pub fn fresh_score(model: &Gpt2, labels: usize, seed: &Seed) -> Score {
    let weight = model.transformer.wte.weight.val();
    let [_, d_model] = weight.dims();
    Score::init(labels, d_model, &mut seed.fork("score"), &weight.device())
}

/// Every tensor of a prepared model, and the float32 memory that training it takes beside the weights.
pub fn describe(model: &Gpt2, strategy: &Strategy) -> RunPlan {
    let parameters = parameters::list(model);
    let trained: usize = parameters
        .iter()
        .filter(|p| p.trainable)
        .map(|p| p.count())
        .sum();
    let matched = model
        .linear_paths()
        .into_iter()
        .filter(|(_, lora)| *lora)
        .map(|(p, _)| p);
    RunPlan {
        strategy: strategy.name().to_owned(),
        matched_modules: matched.collect(),
        gradient_bytes: 4 * trained as u64,
        optimizer_bytes: 8 * trained as u64,
        parameters,
    }
}
