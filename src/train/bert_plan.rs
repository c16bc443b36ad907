//! A strategy put into effect on a BERT.

use super::plan::PlanError;
use crate::model::bert::Bert;
use crate::model::parameters;
use crate::protocol::RunPlan;
use crate::settings::{ALL_LINEAR, LoraSettings, Seed, Strategy, unmatched_targets};

/// Where LoRA stands if nothing is said, PEFT's own choice for BERT.
const USUAL_TARGETS: [&str; 2] = ["query", "value"];
/// What PEFT's word `all-linear` stands for in BERT.
const ALL_OF_BERT: [&str; 4] = ["query", "key", "value", "dense"];

/// The strategy with GPT-2's default targets, and its `all-linear`, said in BERT's names.
pub fn in_berts_words(strategy: Strategy) -> Strategy {
    let Strategy::Lora(lora) = strategy else {
        return strategy;
    };
    let names = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect();
    let target_modules = if lora.target_modules == LoraSettings::default().target_modules {
        names(&USUAL_TARGETS)
    } else if lora.target_modules == ALL_LINEAR {
        names(&ALL_OF_BERT)
    } else {
        lora.target_modules
    };
    Strategy::Lora(LoraSettings {
        target_modules,
        ..lora
    })
}

/// The model with adapters added and gradients asked for where the strategy trains.
pub fn prepare(model: Bert, strategy: &Strategy, seed: &Seed) -> Result<Bert, PlanError> {
    let blocks = model.bert.encoder.layer.len();
    let model = match strategy {
        Strategy::Partial { frozen_blocks } if *frozen_blocks > blocks => {
            let frozen = *frozen_blocks;
            return Err(PlanError::TooManyFrozenBlocks { frozen, blocks });
        }
        Strategy::Head if model.classifier.is_none() => return Err(PlanError::NoHead),
        Strategy::Full | Strategy::Partial { .. } | Strategy::Head | Strategy::BitFit => model,
        Strategy::Lora(lora) => {
            check_targets(&model, lora)?;
            model.with_lora(lora, &mut seed.fork("lora"))
        }
        #[allow(unreachable_patterns)] // a strategy that only GPT-2 has
        other => {
            return Err(PlanError::NotForBert {
                strategy: other.name(),
            });
        }
    };
    Ok(model.with_trainable(|name| strategy.trains(name)))
}

fn check_targets(model: &Bert, lora: &LoraSettings) -> Result<(), PlanError> {
    let targets = &lora.target_modules;
    let paths: Vec<String> = model.linears().into_iter().map(|(path, ..)| path).collect();
    let unmatched = unmatched_targets(targets, &paths);
    if targets.is_empty() || !unmatched.is_empty() {
        return Err(PlanError::NothingMatchedInBert { targets: unmatched });
    }
    for (path, [d_out, d_in], _) in model.linears() {
        if !lora.targets(&path) {
            continue;
        }
        let side = d_out.min(d_in);
        if lora.rank > side {
            let (rank, module) = (lora.rank, path);
            return Err(PlanError::RankTooLarge { rank, module, side });
        }
    }
    Ok(())
}

/// Every tensor of a prepared model, and the float32 memory that training it takes beside the weights.
pub fn describe(model: &Bert, strategy: &Strategy) -> RunPlan {
    let parameters = parameters::list(model);
    let trained = parameters.iter().filter(|p| p.trainable);
    let trained: usize = trained.map(|p| p.count()).sum();
    let adapted = model
        .linears()
        .into_iter()
        .filter(|(_, _, adapted)| *adapted);
    RunPlan {
        strategy: strategy.name().to_owned(),
        matched_modules: adapted.map(|(path, _, _)| path).collect(),
        gradient_bytes: 4 * trained as u64,
        optimizer_bytes: 8 * trained as u64,
        parameters,
    }
}
