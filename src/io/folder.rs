//! A model folder as Hugging Face lays it out: `config.json`, `model.safetensors`, a tokenizer.

use burn::module::{Module, Param};
use burn::prelude::*;

use super::safetensors::{ByteSource, NamedTensor, SafetensorsFile};
use crate::model::gpt2::{ConfigError, Gpt2, Gpt2Config};
use crate::model::heads::linear::LinearHead;
use crate::model::heads::sequence_classification::Score;
use crate::model::parameters::{ParameterFn, for_each, is_added};
use crate::model::weights::{WeightError, WeightSource};
use crate::settings::is_head;

/// Why a folder gives no model.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    #[error("{path} cannot be read: {reason}")]
    File { path: String, reason: String },
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error("model.safetensors: {0}")]
    Weights(#[from] WeightError),
    #[error(
        "{path} is a pickle, as torch.save writes it; a pickle can run any code when it is opened, so that none is read here. Save the weights as safetensors: model.save_pretrained(folder, safe_serialization=True)"
    )]
    Pickle { path: String },
    #[error(
        "there is no such folder; a model is read from a folder on this machine, not fetched by its name on a hub: download it and give the folder"
    )]
    NoFolder,
    #[error(
        "this folder holds an adapter (adapter_config.json), not a model; give the folder of the model that it stands beside, and this one as the adapter"
    )]
    AdapterAlone,
    #[error(
        "this folder holds a model (config.json), not an adapter (adapter_config.json); give it as the model"
    )]
    NoAdapter,
    #[error("{0}")]
    Tokenizer(#[from] crate::data::tokenizer::TokenizerError),
}

/// What a model folder may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Architecture {
    Gpt2,
    Bert,
}

/// Which of the two the text of a `config.json` names; `None` where it names nothing.
pub fn architecture_of(config: &str) -> Result<Option<Architecture>, ConfigError> {
    let config: serde_json::Value =
        serde_json::from_str(config).map_err(|e| ConfigError::Unreadable(e.to_string()))?;
    match config["model_type"].as_str() {
        None => Ok(None),
        Some("gpt2") => Ok(Some(Architecture::Gpt2)),
        Some("bert") => Ok(Some(Architecture::Bert)),
        Some(other) => Err(ConfigError::Unsupported {
            field: "model_type",
            found: other.to_owned(),
            supported: "gpt2 or bert",
        }),
    }
}

/// Builds the model from its configuration and weights; the heads that the file holds come along.
pub fn build(
    config: &Gpt2Config,
    weights: impl ByteSource + 'static,
    device: &Device,
) -> Result<Gpt2, FolderError> {
    // Boxed, so that the code below is there once and not once a kind of source.
    let weights: Box<dyn ByteSource> = Box::new(weights);
    let mut file = SafetensorsFile::open(weights)?;
    let model = Gpt2::load(config, &mut file, device)?;
    Ok(with_stored_heads(model, &mut file)?)
}

/// The model with the heads that a file holds, each with as many outputs as its weight has rows.
pub fn with_stored_heads<S: ByteSource>(
    mut model: Gpt2,
    file: &mut SafetensorsFile<S>,
) -> Result<Gpt2, WeightError> {
    let wte = model.transformer.wte.weight.val();
    let ([_, d_model], device) = (wte.dims(), wte.device());
    if let Some(labels) = rows_of_head("score", file, d_model)? {
        model.score = Some(Score::load(labels, d_model, file, &device)?);
    }
    for name in ["classifier", "qa_outputs"] {
        if let Some(outputs) = rows_of_head(name, file, d_model)? {
            let head = LinearHead::load(name, outputs, d_model, file, &device)?;
            model = model.with_head(name, head);
        }
    }
    Ok(model)
}

/// How many outputs a head has in the file; none where the file does not hold it.
fn rows_of_head<S: ByteSource>(
    module: &str,
    file: &SafetensorsFile<S>,
    d_model: usize,
) -> Result<Option<usize>, WeightError> {
    let name = format!("{module}.weight");
    match file.tensors().remove(&name).as_deref() {
        None => Ok(None),
        Some(&[outputs, _]) => Ok(Some(outputs)),
        Some(shape) => Err(WeightError::WrongShape {
            name,
            found: shape.to_vec(),
            expected: vec![2, d_model],
        }),
    }
}

/// The base model's tensors (no adapters), read back from the device, under Hugging Face's names.
pub fn base_tensors<M: Module>(model: &M) -> Result<Vec<NamedTensor>, String> {
    read_back(model, |name| !is_added(name) || is_head(name))
}

/// Chosen tensors read back from a device that can be waited for.
pub fn read_back<M: Module>(
    model: &M,
    wanted: impl Fn(&str) -> bool,
) -> Result<Vec<NamedTensor>, String> {
    struct Reader<W> {
        wanted: W,
        tensors: Result<Vec<NamedTensor>, String>,
    }
    impl<W: Fn(&str) -> bool> ParameterFn for Reader<W> {
        fn call<const D: usize>(&mut self, name: &str, param: &Param<Tensor<D>>) {
            let Ok(tensors) = &mut self.tensors else {
                return;
            };
            if !(self.wanted)(name) {
                return;
            }
            let tensor = param.val();
            let shape = tensor.dims().to_vec();
            match tensor.into_data().try_to_vec::<f32>() {
                Ok(values) => tensors.push(NamedTensor {
                    name: name.to_owned(),
                    shape,
                    values,
                }),
                Err(e) => self.tensors = Err(format!("tensor `{name}` cannot be read back: {e:?}")),
            }
        }
    }
    for_each(
        model,
        Reader {
            wanted,
            tensors: Ok(Vec::new()),
        },
    )
    .tensors
}

/// Tensors held in memory as a source of weights (a checkpoint's, a test's).
pub struct HeldWeights(pub std::collections::BTreeMap<String, NamedTensor>);

impl WeightSource for HeldWeights {
    fn tensor(&mut self, name: &str, shape: &[usize]) -> Result<TensorData, WeightError> {
        let found = self
            .0
            .get(name)
            .or_else(|| self.0.get(&format!("transformer.{name}")))
            .ok_or_else(|| WeightError::Missing {
                name: name.to_owned(),
            })?;
        if found.shape != shape {
            return Err(WeightError::WrongShape {
                name: name.to_owned(),
                found: found.shape.clone(),
                expected: shape.to_vec(),
            });
        }
        Ok(TensorData::new(found.values.clone(), found.shape.clone()))
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod native {
    use std::path::Path;

    use super::*;
    use crate::data::tokenizer::Tokenizer;
    use crate::io::opening;
    use crate::model::bert::{Bert, BertConfig};

    /// A text file of a folder.
    pub fn read_text(path: &Path) -> Result<String, FolderError> {
        std::fs::read_to_string(path).map_err(|e| FolderError::File {
            path: path.display().to_string(),
            reason: e.to_string(),
        })
    }

    pub fn config(folder: &Path) -> Result<Gpt2Config, FolderError> {
        if architecture(folder)? == Architecture::Bert {
            return Err(FolderError::Config(ConfigError::Unsupported {
                field: "model_type",
                found: "bert".to_owned(),
                supported: "gpt2",
            }));
        }
        Ok(Gpt2Config::parse(&opening::model_config(folder)?)?)
    }

    /// Which of the two architectures a folder's configuration names; without a name it is a GPT-2.
    pub fn architecture(folder: &Path) -> Result<Architecture, FolderError> {
        let text = opening::model_config(folder)?;
        Ok(architecture_of(&text)?.unwrap_or(Architecture::Gpt2))
    }

    pub fn bert(folder: &Path, device: &Device) -> Result<(BertConfig, Bert), FolderError> {
        let config = BertConfig::parse(&read_text(&folder.join("config.json"))?)?;
        let weights = opening::weights(folder, "model")?;
        let model = crate::io::bert::build(&config, weights, device)?;
        Ok((config, model))
    }

    pub fn model(folder: &Path, device: &Device) -> Result<(Gpt2Config, Gpt2), FolderError> {
        let config = config(folder)?;
        let model = build(&config, opening::weights(folder, "model")?, device)?;
        Ok((config, model))
    }

    /// `tokenizer.json`, or `vocab.json` with `merges.txt`.
    pub fn tokenizer(folder: &Path) -> Result<Tokenizer, FolderError> {
        let json = folder.join("tokenizer.json");
        if json.exists() {
            return Ok(Tokenizer::from_json(&read_text(&json)?)?);
        }
        let vocab = read_text(&folder.join("vocab.json"))?;
        let merges = read_text(&folder.join("merges.txt"))?;
        Ok(Tokenizer::from_vocab_and_merges(&vocab, &merges)?)
    }
}
#[cfg(not(target_arch = "wasm32"))]
pub use native::*;
