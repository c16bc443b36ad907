//! What BitFit trained, as files. PEFT has no format for it, so this is the project's own, in the same two
//! files: `adapter_config.json` with `"method": "bitfit"`, and `adapter_model.safetensors` with every bias of
//! the model, and the classification head where there is one, under Hugging Face's names.

use std::collections::BTreeMap;

use burn::module::Module;
use serde_json::{Value, json};

use super::folder::stored_score;
use super::safetensors::{ByteSource, Precision, SafetensorsFile, write};
use crate::model::gpt2::Gpt2;
use crate::model::parameters;
use crate::model::weights::{WeightError, WeightSource};
use crate::settings::{Strategy, is_head};

const METHOD: &str = "bitfit";

/// Whether the text of an `adapter_config.json` is of this format.
pub fn is_config(json: &str) -> bool {
    serde_json::from_str::<Value>(json).is_ok_and(|config| config["method"] == METHOD)
}

/// Configuration and weights. For devices that can be waited for.
pub fn save<M: Module>(
    model: &M,
    base_name: &str,
    task_type: &str,
) -> Result<(String, Vec<u8>), String> {
    let config = json!({
        "base_model_name_or_path": base_name,
        "format_version": 1,
        "method": METHOD,
        "task_type": task_type,
    });
    let tensors = super::folder::read_back(model, |name| Strategy::BitFit.trains(name))?;
    let weights = write(&tensors, Precision::F32).map_err(|e| e.to_string())?;
    Ok((format!("{config:#}"), weights))
}

/// `model` with the saved biases in place of its own, and the saved head where there is one. The file must
/// have every bias of the model, in its shape.
pub fn load(weights: impl ByteSource, model: Gpt2) -> Result<Gpt2, WeightError> {
    let mut file = SafetensorsFile::open(weights)?;
    let model = with_biases(&mut file, model)?;
    let wte = model.transformer.wte.weight.val();
    let ([_, d_model], device) = (wte.dims(), wte.device());
    Ok(match stored_score(&mut file, d_model, &device)? {
        Some(score) => model.with_score(score),
        None => model,
    })
}

/// `model` with the file's biases, of which it must have every one.
pub(super) fn with_biases<M: Module, S: ByteSource>(
    file: &mut SafetensorsFile<S>,
    model: M,
) -> Result<M, WeightError> {
    let mut values = BTreeMap::new();
    for parameter in parameters::list(&model) {
        if !is_head(&parameter.name) && Strategy::BitFit.trains(&parameter.name) {
            let data = file.tensor(&parameter.name, &parameter.shape)?;
            values.insert(parameter.name, data);
        }
    }
    Ok(parameters::with_values(model, values))
}
