//! What a run made of a BERT, as files.

use std::path::Path;

use serde_json::{Value, json};

use super::base::BertBase;
use crate::cli::error::CliError;
use crate::cli::files::{read_text, write};
use crate::cli::save::copy_companions;
use crate::io::folder::base_tensors;
use crate::io::safetensors::{Precision, write as safetensors};
use crate::io::{adapter, bert};
use crate::model::bert::Bert;
use crate::settings::Strategy;

const SEQ_CLS: &str = "SEQ_CLS";

/// An adapter as PEFT keeps it, BitFit's biases, or a whole folder. Returns the bytes of the weights.
pub fn save(
    base: &BertBase,
    model: &Bert,
    strategy: &Strategy,
    labels: &[String],
    out: &Path,
) -> Result<u64, CliError> {
    let base_name = base.folder.display().to_string();
    if !adapter::is_for(strategy) {
        return save_model(base, model, Some(labels), out);
    }
    let (config, weights) = bert::save_adapter(model, strategy, &base_name, SEQ_CLS)?;
    write(&out.join("adapter_config.json"), config)?;
    write(&out.join("adapter_model.safetensors"), &weights)?;
    Ok(weights.len() as u64)
}

/// `model` (no adapters) beside `base`'s tokenizer; `labels` name the head's rows in the configuration.
pub fn save_model(
    base: &BertBase,
    model: &Bert,
    labels: Option<&[String]>,
    out: &Path,
) -> Result<u64, CliError> {
    let weights = safetensors(&base_tensors(model)?, Precision::F32)?;
    write(&out.join("model.safetensors"), &weights)?;
    let path = base.folder.join("config.json");
    let mut config: Value =
        serde_json::from_str(&read_text(&path)?).map_err(|e| CliError::file(&path, e))?;
    config["dtype"] = json!("float32");
    if model.classifier.is_some() {
        config["architectures"] = json!(["BertForSequenceClassification"]);
    }
    if let Some(labels) = labels {
        let numbered = labels.iter().enumerate();
        config["id2label"] = numbered
            .clone()
            .map(|(i, l)| (i.to_string(), json!(l)))
            .collect();
        config["label2id"] = numbered.map(|(i, l)| (l.clone(), json!(i))).collect();
    }
    let text = serde_json::to_string_pretty(&config)? + "\n";
    write(&out.join("config.json"), text)?;
    copy_companions(&base.folder, out)?;
    Ok(weights.len() as u64)
}
