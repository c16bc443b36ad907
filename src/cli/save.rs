//! A model folder written as Hugging Face lays it out.

use std::path::Path;

use super::base::Base;
use super::error::CliError;
use super::files::{make_folder, read_bytes, write};
use crate::io::adapter;
use crate::io::checkpoint::{self, Tuning};
use crate::io::folder::base_tensors;
use crate::io::safetensors::{Precision, write as safetensors};
use crate::model::any::Model;
use crate::settings::{Strategy, Task};

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
    let tuning = Tuning {
        labels,
        problem_type,
        pad: base.pad(),
    };
    let config = checkpoint::config(&base.config_json, model, &tuning)?;
    write(&out.join("config.json"), config)?;
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
