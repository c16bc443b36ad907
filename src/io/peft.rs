//! Adapters as PEFT keeps them: `adapter_config.json` beside `adapter_model.safetensors`.

mod bert;
mod config;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use burn::module::Param;
use burn::prelude::*;

use super::read_back;
use super::safetensors::{ByteSource, NamedTensor, Precision, SafetensorsFile, write};
use crate::model::adapters::lora::Lora;
use crate::model::gpt2::Gpt2;
use crate::model::heads::sequence_classification::Score;
use crate::model::parameters::is_added;
use crate::model::weights::WeightError;
use crate::settings::LoraSettings;

pub use bert::{load_bert, save_bert};
pub use config::AdapterConfig;

/// What PEFT puts before every name of the model it wraps.
const PREFIX: &str = "base_model.model.";

/// Why an adapter cannot be loaded or saved.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PeftError {
    #[error("adapter_config.json cannot be read: {0}")]
    Config(String),
    #[error("adapter_config.json: {field} is {found}, but only {supported} is supported")]
    Unsupported {
        field: String,
        found: String,
        supported: &'static str,
    },
    #[error(
        "adapter_config.json: target_modules {targets:?} match nothing in this model; it has {modules} in each block"
    )]
    NothingMatched {
        targets: Vec<String>,
        modules: &'static str,
    },
    #[error("adapter_model.safetensors: {0}")]
    Weights(#[from] WeightError),
    #[error(
        "adapter_model.safetensors holds `{name}`, for which this adapter's settings leave no place"
    )]
    NoPlace { name: String },
    #[error(
        "this adapter is for classification (SEQ_CLS), but neither it nor the model has a score head"
    )]
    NoHead,
    #[error(
        "this adapter is for BERT's classifier, which reads the pooler's output, and the model's folder holds no pooler (bert.pooler.dense)"
    )]
    NoPooler,
    #[error("{0}")]
    ReadBack(String),
}

/// The name in PEFT's file of a parameter that fine-tuning added (`transformer.h.0.attn.c_attn.lora.a`,
/// `score.weight`).
pub fn stored_name(parameter: &str) -> String {
    let name = match parameter.rsplit_once(".lora.") {
        Some((module, "a")) => format!("{module}.lora_A.weight"),
        Some((module, _)) => format!("{module}.lora_B.weight"),
        None => parameter.to_owned(),
    };
    format!("{PREFIX}{name}")
}

/// `model` with the adapter beside its weights, and with the adapter's head where it brings one.
///
/// Which parameters train is the caller's to say, with [`Gpt2::with_trainable`]. A tensor of the file
/// that finds no place is an error, since the adapted model would not be the one that was saved.
pub fn load(config_json: &str, weights: impl ByteSource, model: Gpt2) -> Result<Gpt2, PeftError> {
    let AdapterConfig {
        settings,
        task_type,
    } = AdapterConfig::parse(config_json)?;
    let mut reader = Reader {
        file: SafetensorsFile::open(weights)?,
        used: BTreeSet::new(),
    };
    let mut failed = None;
    let mut matched = false;
    let mut model = model.map_linear(|path, mut linear| {
        if failed.is_none() && settings.targets(path) {
            matched = true;
            let weight = linear.weight.val();
            match reader.lora(path, weight.dims(), &weight.device(), &settings) {
                Ok(lora) => linear.lora = Some(lora),
                Err(error) => failed = Some(error),
            }
        }
        linear
    });
    if let Some(error) = failed {
        return Err(error.into());
    }
    if !matched {
        return Err(PeftError::NothingMatched {
            targets: settings.target_modules,
            modules: "c_attn, c_proj and c_fc",
        });
    }
    if let Some(score) = reader.score(&model)? {
        model = model.with_score(score);
    } else if task_type.as_deref() == Some("SEQ_CLS") && model.score.is_none() {
        return Err(PeftError::NoHead);
    }
    reader.nothing_is_left()?;
    Ok(model)
}

/// The adapter of `model`, its head included, as PEFT's two files: `adapter_config.json` and
/// `adapter_model.safetensors`. For devices that can be waited for; a browser takes [`save_async`].
pub fn save(
    model: &Gpt2,
    settings: &LoraSettings,
    base_name: &str,
    task_type: &str,
) -> Result<(String, Vec<u8>), PeftError> {
    let tensors = super::folder::read_back(model, is_added).map_err(PeftError::ReadBack)?;
    files(tensors, settings, base_name, task_type)
}

/// As [`save`], without blocking.
pub async fn save_async(
    model: &Gpt2,
    settings: &LoraSettings,
    base_name: &str,
    task_type: &str,
) -> Result<(String, Vec<u8>), PeftError> {
    let tensors = read_back::parameters(model, is_added)
        .await
        .map_err(PeftError::ReadBack)?;
    files(tensors, settings, base_name, task_type)
}

/// A causal-LM adapter leaves a head out that happens to be on the model, as PEFT does.
fn files(
    tensors: Vec<NamedTensor>,
    settings: &LoraSettings,
    base_name: &str,
    task_type: &str,
) -> Result<(String, Vec<u8>), PeftError> {
    let with_head = task_type == "SEQ_CLS";
    let stored: Vec<NamedTensor> = tensors
        .into_iter()
        .filter(|t| with_head || t.name.contains(".lora."))
        .map(|t| NamedTensor {
            name: stored_name(&t.name),
            ..t
        })
        .collect();
    let config = AdapterConfig {
        settings: settings.clone(),
        task_type: Some(task_type.to_owned()),
    };
    Ok((config.to_json(base_name), write(&stored, Precision::F32)?))
}

/// Takes tensors out of the file and notes which, so that none is dropped unseen.
struct Reader<S> {
    file: SafetensorsFile<S>,
    used: BTreeSet<String>,
}

impl<S: ByteSource> Reader<S> {
    fn matrix(&mut self, name: &str, expected: [usize; 2]) -> Result<TensorData, WeightError> {
        let data = self.file.read(name)?;
        let found = data.shape().to_vec();
        if found != expected {
            let (name, expected) = (name.to_owned(), expected.to_vec());
            return Err(WeightError::WrongShape {
                name,
                found,
                expected,
            });
        }
        self.used.insert(name.to_owned());
        Ok(data)
    }

    fn lora(
        &mut self,
        path: &str,
        [d_in, d_out]: [usize; 2],
        device: &Device,
        settings: &LoraSettings,
    ) -> Result<Lora, WeightError> {
        let a = self.matrix(
            &stored_name(&format!("{path}.lora.a")),
            [settings.rank, d_in],
        )?;
        let b = self.matrix(
            &stored_name(&format!("{path}.lora.b")),
            [d_out, settings.rank],
        )?;
        Ok(Lora {
            a: Param::from_data(a, device),
            b: Param::from_data(b, device),
            scaling: settings.scaling(),
            dropout: settings.dropout,
        })
    }

    fn score(&mut self, model: &Gpt2) -> Result<Option<Score>, WeightError> {
        let name = stored_name("score.weight");
        let Some(shape) = self.file.tensors().remove(&name) else {
            return Ok(None);
        };
        let wte = model.transformer.wte.weight.val();
        let [_, d_model] = wte.dims();
        let labels = shape.first().copied().unwrap_or(0);
        let data = self.matrix(&name, [labels, d_model])?;
        Ok(Some(Score {
            weight: Param::from_data(data, &wte.device()),
        }))
    }

    fn nothing_is_left(&self) -> Result<(), PeftError> {
        match self
            .file
            .tensors()
            .into_keys()
            .find(|name| !self.used.contains(name))
        {
            Some(name) => Err(PeftError::NoPlace { name }),
            None => Ok(()),
        }
    }
}
