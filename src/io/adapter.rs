//! What a strategy trained, in and out, in PEFT's format where PEFT has one and in the project's own where not.

pub use super::described::Description;
use super::own;
pub use super::peft::Loaded;
use super::peft::{self, AdapterConfig};
use super::read_back;
use super::safetensors::ByteSource;
use crate::faults::{AdapterError, OwnError, PeftError};
use crate::model::heads::Head;
use crate::model::network::Network;
use crate::settings::Strategy;

pub fn describe(config_json: &str) -> Result<Description, AdapterError> {
    if own::is_config(config_json) {
        return Ok(own::describe(config_json)?);
    }
    let config = AdapterConfig::parse(config_json)?;
    Ok(Description {
        strategy: config.strategy,
        task_type: config.task_type,
    })
}

/// `model` with what the two files hold, and by what it was trained. What the adapter's task does not ask of the model is taken off first.
pub fn load<M: Network>(
    config_json: &str,
    weights: impl ByteSource,
    model: M,
) -> Result<Loaded<M>, AdapterError> {
    let Description {
        strategy,
        task_type,
    } = describe(config_json)?;
    let model = match task_type.as_deref().and_then(head_of) {
        Some(head) => model.stripped_for(head),
        None => model,
    };
    if own::is_config(config_json) {
        Ok(Loaded {
            model: own::load(config_json, weights, model)?,
            strategy,
            changes_base: false,
        })
    } else {
        Ok(peft::load(config_json, weights, model)?)
    }
}

/// The kind of head that goes with PEFT's name of a task; none for a language model.
fn head_of(task_type: &str) -> Option<Head> {
    match task_type {
        "SEQ_CLS" => Some(Head::Text { labels: 0 }),
        "TOKEN_CLS" => Some(Head::Token { labels: 0 }),
        "QUESTION_ANS" => Some(Head::Answer),
        _ => None,
    }
}

/// `adapter_config.json` and `adapter_model.safetensors`. For devices that can be waited for.
#[cfg(not(target_arch = "wasm32"))]
pub fn save<M: Network>(
    model: &M,
    strategy: &Strategy,
    base_name: &str,
    task_type: &str,
) -> Result<(String, Vec<u8>), AdapterError> {
    if !own::is_for(strategy) {
        return Ok(peft::save(model, strategy, base_name, task_type)?);
    }
    let tensors = super::folder::read_back(model, |name| own::keeps(strategy, name))
        .map_err(PeftError::read_back)?;
    own::files(&tensors, strategy, base_name, task_type)
        .map_err(|e| AdapterError::Own(OwnError::Weights(e)))
}

/// As [`save`], without blocking.
pub async fn save_async<M: Network>(
    model: &M,
    strategy: &Strategy,
    base_name: &str,
    task_type: &str,
) -> Result<(String, Vec<u8>), AdapterError> {
    if !own::is_for(strategy) {
        return Ok(peft::save_async(model, strategy, base_name, task_type).await?);
    }
    let tensors = read_back::parameters(model, |name| own::keeps(strategy, name)).await;
    let tensors = tensors.map_err(PeftError::read_back)?;
    own::files(&tensors, strategy, base_name, task_type)
        .map_err(|e| AdapterError::Own(OwnError::Weights(e)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::gpt2::{Gpt2, Gpt2Config, RandomWeights};
    use crate::settings::{Seed, StrategyKind};
    use burn::prelude::Device;

    fn model() -> Gpt2 {
        let config = Gpt2Config::sized(11, 16, 16, 2, 2);
        let mut weights = RandomWeights::new(Seed::new(1), 2);
        Gpt2::load(&config, &mut weights, &Device::flex()).unwrap()
    }

    #[test]
    fn what_every_method_leaves_is_read_back() {
        let strategies = StrategyKind::ALL.map(StrategyKind::usual);
        for strategy in strategies.iter().filter(|s| s.leaves_adapter()) {
            let adapted = model().with_strategy(strategy, &mut Seed::new(3));
            let saved = save(&adapted, strategy, "base", "CAUSAL_LM").unwrap();
            assert_eq!(describe(&saved.0).unwrap().strategy, *strategy);
            let loaded = load(&saved.0, saved.1.clone(), model()).unwrap();
            assert_eq!(loaded.strategy, *strategy);
            let again = save(&loaded.model, strategy, "base", "CAUSAL_LM").unwrap();
            assert_eq!(again, saved, "{}", strategy.name());
        }
    }
}
