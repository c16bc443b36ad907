//! A pre-training run on disk: weights, moments and where it was.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use burn::prelude::*;
use serde::{Deserialize, Serialize};

use super::PretrainSettings;
use crate::cli::block_on;
use crate::cli::error::CliError;
use crate::cli::files::read_text;
use crate::engine::checkpoint::moments;
use crate::faults::WeightError;
use crate::io::folder::{HeldWeights, base_tensors};
use crate::io::safetensors::{NamedTensor, Precision, SafetensorsFile, write};
use crate::model::numbers;
use crate::model::parameters;
use crate::train::optimizer::Moments;
use crate::train::{Learner, Trainer};

#[derive(Serialize, Deserialize)]
struct State {
    step: usize,
    settings: PretrainSettings,
}

/// Writes a checkpoint beside the old one, then takes its place: a run cut while saving loses nothing.
pub fn save<M: Learner>(
    out: &Path,
    settings: &PretrainSettings,
    trainer: &Trainer<M>,
) -> Result<(), CliError> {
    let fresh = out.join("checkpoint.new");
    let kept = out.join("checkpoint");
    std::fs::create_dir_all(&fresh).map_err(|e| CliError::file(&fresh, e))?;
    let mut tensors = base_tensors(trainer.model())?;
    for (name, moment) in moments::named(&trainer.optimizer) {
        let values = block_on(numbers::values(&name, moment))?;
        tensors.push(NamedTensor {
            name,
            shape: vec![values.len()],
            values,
        });
    }
    let put = |name: &str, bytes: Vec<u8>| {
        let path = fresh.join(name);
        std::fs::write(&path, bytes).map_err(|e| CliError::file(&path, e))
    };
    put("state.safetensors", write(&tensors, Precision::F32)?)?;
    let state = State {
        step: trainer.step,
        settings: settings.clone(),
    };
    put("state.json", serde_json::to_vec_pretty(&state)?)?;
    if kept.exists() {
        std::fs::remove_dir_all(&kept).map_err(|e| CliError::file(&kept, e))?;
    }
    std::fs::rename(&fresh, &kept).map_err(|e| CliError::file(&kept, e))
}

/// The folder of the checkpoint in `out`, if a run has left one.
pub fn folder_in(out: &Path) -> Option<PathBuf> {
    // A save cut between removing the old and naming the new leaves only the new.
    ["checkpoint", "checkpoint.new"]
        .map(|name| out.join(name))
        .into_iter()
        .find(|folder| folder.join("state.json").exists())
}

/// Takes up the run in `out`, if there is one; `load` builds a model of its weights.
pub fn resume<M: Learner>(
    out: &Path,
    settings: &PretrainSettings,
    trainer: &mut Trainer<M>,
    load: impl FnOnce(&mut HeldWeights) -> Result<M, WeightError>,
) -> Result<(), CliError> {
    let Some(folder) = folder_in(out) else {
        return Ok(());
    };
    let path = folder.join("state.json");
    let state: State =
        serde_json::from_str(&read_text(&path)?).map_err(|e| CliError::file(&path, e))?;
    check_same_run(out, &state.settings, settings)?;
    let mut saved = read(&folder.join("state.safetensors"))?;
    let model = load(&mut saved.weights)?;
    trainer.replace_model(parameters::set_trainable(model, |_| true));
    trainer.optimizer.moments = saved.moments;
    trainer.optimizer.updates = state.step as i32;
    trainer.step = state.step;
    eprintln!("resuming at step {}", state.step);
    Ok(())
}

/// Only the end of a run may be moved while it is under way.
fn check_same_run(
    out: &Path,
    saved: &PretrainSettings,
    wanted: &PretrainSettings,
) -> Result<(), CliError> {
    let same_end = PretrainSettings {
        steps: wanted.steps,
        decay_steps: wanted.decay_steps,
        ..saved.clone()
    };
    if same_end == *wanted {
        return Ok(());
    }
    Err(CliError::new(format!(
        "{} holds a run with other settings ({saved:?}); give those, or another --out",
        out.display()
    )))
}

/// The tensors of a checkpoint.
struct Saved {
    weights: HeldWeights,
    moments: BTreeMap<String, Moments>,
}

fn read(path: &Path) -> Result<Saved, CliError> {
    let bytes = std::fs::File::open(path).map_err(|e| CliError::file(path, e))?;
    let mut file = SafetensorsFile::open(bytes)?;
    let mut weights = BTreeMap::new();
    let moments = moments::read(&mut file, &Device::flex())?;
    for (name, shape) in file.tensors() {
        if moments::is_one(&name) {
            continue;
        }
        let values = file.read(&name)?;
        let values = values.try_to_vec::<f32>().map_err(|e| format!("{e:?}"))?;
        let tensor = NamedTensor {
            name: name.clone(),
            shape,
            values,
        };
        weights.insert(name, tensor);
    }
    Ok(Saved {
        weights: HeldWeights(weights),
        moments,
    })
}
