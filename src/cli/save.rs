//! A model folder written as Hugging Face lays it out.

use std::path::Path;

use serde_json::{Value, json};

use super::base::Base;
use super::error::CliError;
use super::files::{make_folder, read_bytes, read_text, write};
use crate::io::adapter;
use crate::io::folder::base_tensors;
use crate::io::safetensors::{Precision, write as safetensors};
use crate::model::any::Model;
use crate::settings::{Family, Strategy, Task};

/// What a folder may hold beside weights and configuration that goes along unchanged.
const COMPANIONS: [&str; 7] = [
    "tokenizer.json",
    "vocab.json",
    "merges.txt",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "generation_config.json",
];

/// Refuses to write over the model that is read.
pub fn check_target(source: &Path, out: &Path) -> Result<(), CliError> {
    let same = |a: &Path, b: &Path| a.canonicalize().ok() == b.canonicalize().ok();
    if out.exists() && same(source, out) {
        return Err(CliError::file(
            out,
            "--out is the model's own folder; choose another",
        ));
    }
    make_folder(out)
}

/// Writes what a run made: an adapter, or a whole folder. Returns the bytes of its weights.
pub fn save_result(
    base: &Base,
    (model, strategy): (&Model, &Strategy),
    (task, labels): (Task, Option<&[String]>),
    out: &Path,
) -> Result<u64, CliError> {
    if !strategy.leaves_adapter() {
        return save_model(base, model, labels, task.problem_type(), out);
    }
    let base_name = base.folder.display().to_string();
    let (config, weights) = adapter::save(model, strategy, &base_name, task.peft_name())?;
    write(&out.join("adapter_config.json"), config)?;
    write(&out.join("adapter_model.safetensors"), &weights)?;
    Ok(weights.len() as u64)
}

/// Writes `model` (no adapters) beside `base`'s tokenizer. Returns the bytes of the weights file.
///
/// `labels` name a classification head's rows in the configuration, `problem_type` what its loss is.
pub fn save_model(
    base: &Base,
    model: &Model,
    labels: Option<&[String]>,
    problem_type: Option<&str>,
    out: &Path,
) -> Result<u64, CliError> {
    let bytes = safetensors(&base_tensors(model)?, Precision::F32)?;
    write(&out.join("model.safetensors"), &bytes)?;
    let mut config = config(base, model, labels)?;
    if let Some(problem_type) = problem_type {
        config["problem_type"] = json!(problem_type);
    }
    write(
        &out.join("config.json"),
        serde_json::to_string_pretty(&config)? + "\n",
    )?;
    copy_companions(&base.folder, out)?;
    Ok(bytes.len() as u64)
}

/// What goes along unchanged: the tokenizer's files.
fn copy_companions(from: &Path, to: &Path) -> Result<(), CliError> {
    for name in COMPANIONS {
        let path = from.join(name);
        if path.exists() {
            // Not `fs::copy`, which would carry a read-only mark along.
            write(&to.join(name), read_bytes(&path)?)?;
        }
    }
    Ok(())
}

/// The source's own configuration, fields unknown to us included, with what the head needs.
fn config(base: &Base, model: &Model, labels: Option<&[String]>) -> Result<Value, CliError> {
    let path = base.folder.join("config.json");
    let text = read_text(&path)?;
    let mut config: Value = serde_json::from_str(&text).map_err(|e| CliError::file(&path, e))?;
    config["dtype"] = json!("float32");
    if let Some(architecture) = architecture(model) {
        config["architectures"] = json!([architecture]);
        if base.family() == Family::Gpt2 {
            config["pad_token_id"] = json!(base.pad());
        }
    }
    if let Some(labels) = labels {
        let numbered = labels.iter().enumerate();
        config["id2label"] = numbered
            .clone()
            .map(|(i, l)| (i.to_string(), json!(l)))
            .collect();
        config["label2id"] = numbered.map(|(i, l)| (l.clone(), json!(i))).collect();
    }
    Ok(config)
}

/// transformers' class for the model with the head it has.
fn architecture(model: &Model) -> Option<&'static str> {
    match model {
        Model::Gpt2(model) if model.score.is_some() => Some("GPT2ForSequenceClassification"),
        Model::Gpt2(model) if model.classifier.is_some() => Some("GPT2ForTokenClassification"),
        Model::Gpt2(model) if model.qa_outputs.is_some() => Some("GPT2ForQuestionAnswering"),
        Model::Gpt2(_) => None,
        Model::Bert(model) if model.qa_outputs.is_some() => Some("BertForQuestionAnswering"),
        Model::Bert(model) if model.classifier.is_none() => None,
        // A classifier of texts reads the pooler, one of tokens has none.
        Model::Bert(model) if model.bert.pooler.is_some() => Some("BertForSequenceClassification"),
        Model::Bert(_) => Some("BertForTokenClassification"),
    }
}
