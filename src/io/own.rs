//! What PEFT has no format for, as files of the project's own: BitFit and bottleneck adapters.
//!
//! The same two files. `adapter_config.json` has `"method": "bitfit"` or `"method": "adapter"` (with `placement`
//! and `bottleneck`) and `"format_version": 1`; `adapter_model.safetensors` has what was trained under the model's own
//! names: every bias of the model, or the adapters' layers (`transformer.h.0.mlp_adapter.down.weight`, `[in, out]`),
//! and the head where there is one.

use std::collections::BTreeMap;

use burn::module::Module;
use serde_json::{Value, json};

use super::described::{Description, without_idle_pooler};
use super::folder::with_stored_heads;
use super::peft::fields::object;
use super::peft::is_task;
use super::safetensors::{ByteSource, NamedTensor, Precision, SafetensorsFile, write};
use crate::faults::{Allowed, OwnError, WeightError};
use crate::model::network::Network;
use crate::model::parameters::{self, is_adapter};
use crate::model::weights::WeightSource;
use crate::settings::{Seed, Strategy, StrategyKind, is_head};

const FORMAT_VERSION: u64 = 1;

/// Whether the text of an `adapter_config.json` is of this format.
pub fn is_config(json: &str) -> bool {
    serde_json::from_str::<Value>(json).is_ok_and(|config| config["method"].is_string())
}

/// Whether this format is the one for a strategy.
pub fn is_for(strategy: &Strategy) -> bool {
    strategy.adapts().own().is_some()
}

/// Whether a parameter is saved under `strategy`.
pub fn keeps(strategy: &Strategy, parameter: &str) -> bool {
    is_adapter(parameter) || strategy.trains(parameter)
}

/// Configuration and weights; `tensors` are those that [`keeps`] names.
pub fn files(
    tensors: &[NamedTensor],
    strategy: &Strategy,
    base_name: &str,
    task_type: &str,
) -> Result<(String, Vec<u8>), WeightError> {
    let mut config = object(json!({
        "base_model_name_or_path": base_name,
        "format_version": FORMAT_VERSION,
        "method": strategy.name(),
        "task_type": task_type,
    }));
    config.extend(
        strategy
            .adapts()
            .own()
            .map(|own| own.fields())
            .unwrap_or_default(),
    );
    let config = Value::Object(config);
    Ok((format!("{config:#}"), write(tensors, Precision::F32)?))
}

/// `model` with the saved tensors in place, and the saved head where there is one. The file must have every tensor
/// that the method trains, in its shape, and no other.
pub fn load<M: Network>(
    config_json: &str,
    weights: impl ByteSource,
    model: M,
) -> Result<M, OwnError> {
    let strategy = strategy(config_json)?;
    let mut file = SafetensorsFile::open(weights)?;
    let task = describe(config_json)?.task_type;
    let has_head = task.as_deref().is_some_and(is_task);
    let model = without_idle_pooler(model, has_head, &file);
    let model = model.with_strategy(&strategy, &mut Seed::new(0));
    let model = with_trained(&strategy, &mut file, model)?;
    Ok(with_stored_heads(model, &mut file)?)
}

/// `model` with the file's values of all that the method trains, heads apart.
fn with_trained<M: Module, S: ByteSource>(
    strategy: &Strategy,
    file: &mut SafetensorsFile<S>,
    model: M,
) -> Result<M, OwnError> {
    let mut values = BTreeMap::new();
    for parameter in parameters::list(&model) {
        if !is_head(&parameter.name) && keeps(strategy, &parameter.name) {
            let data = file.tensor(&parameter.name, &parameter.shape)?;
            values.insert(parameter.name, data);
        }
    }
    let mut stored = file.tensors().into_keys();
    if let Some(name) = stored.find(|name| !is_head(name) && !values.contains_key(name)) {
        return Err(OwnError::NoPlace { name });
    }
    Ok(parameters::with_values(model, values))
}

/// The strategy and the task that the text of such a configuration names.
pub fn describe(config_json: &str) -> Result<Description, OwnError> {
    let config: Value = serde_json::from_str(config_json).unwrap_or_default();
    Ok(Description {
        strategy: strategy(config_json)?,
        task_type: config["task_type"].as_str().map(str::to_owned),
    })
}

fn strategy(config_json: &str) -> Result<Strategy, OwnError> {
    let config: Value = serde_json::from_str(config_json).unwrap_or_default();
    if config["format_version"] != FORMAT_VERSION {
        let expected = Allowed::OneOf(vec![FORMAT_VERSION.to_string()]);
        return Err(refused(&config, "format_version", expected));
    }
    let kind = config["method"].as_str().and_then(StrategyKind::parse);
    let method = kind.map(StrategyKind::usual);
    match method.as_ref().and_then(|method| method.adapts().own()) {
        Some(own) => own.read(&config),
        None => Err(refused(&config, "method", Allowed::OwnMethod)),
    }
}

/// What is said of a field that cannot be so.
pub fn refused(config: &Value, field: &str, expected: Allowed) -> OwnError {
    OwnError::Config {
        field: field.to_owned(),
        found: config[field].to_string(),
        expected,
    }
}
