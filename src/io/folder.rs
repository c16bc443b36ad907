//! A model folder as Hugging Face lays it out: `config.json`, `model.safetensors`, a tokenizer.

use burn::module::{Module, Param};
use burn::prelude::*;

use super::safetensors::{ByteSource, NamedTensor, SafetensorsFile};
use crate::faults::{Fault, FolderError, WeightError};
use crate::model::any::{Model, ModelConfig};
use crate::model::bert::{Bert, BertConfig};
use crate::model::gpt2::{Gpt2, Gpt2Config};
use crate::model::heads::head_has_bias;
use crate::model::network::Network;
use crate::model::numbers;
use crate::model::parameters::{ParameterFn, for_each, is_added};
use crate::model::weights::WeightSource;
use crate::settings::is_head;

/// Builds the model that a configuration is of from its weights; the heads that the file holds come along.
pub fn build(
    config: &ModelConfig,
    weights: impl ByteSource + 'static,
    device: &Device,
) -> Result<Model, FolderError> {
    build_by(|file| config.load(file, device), weights)
}

pub fn build_gpt2(
    config: &Gpt2Config,
    weights: impl ByteSource + 'static,
    device: &Device,
) -> Result<Gpt2, FolderError> {
    build_by(|file| Gpt2::load(config, file, device), weights)
}

pub fn build_bert(
    config: &BertConfig,
    weights: impl ByteSource + 'static,
    device: &Device,
) -> Result<Bert, FolderError> {
    build_by(|file| Bert::load_whole(config, file, device), weights)
}

/// What `load` makes of a file's weights, with the heads that the file holds.
fn build_by<M: Network>(
    load: impl FnOnce(&mut SafetensorsFile<Box<dyn ByteSource>>) -> Result<M, WeightError>,
    weights: impl ByteSource + 'static,
) -> Result<M, FolderError> {
    // Boxed, so that the code below is there once and not once a kind of source.
    let weights: Box<dyn ByteSource> = Box::new(weights);
    let mut file = SafetensorsFile::open(weights)?;
    let model = load(&mut file)?;
    Ok(with_stored_heads(model, &mut file)?)
}

/// The model with the heads that a file holds, each with as many outputs as its weight has rows.
pub fn with_stored_heads<M: Network, S: ByteSource>(
    mut model: M,
    file: &mut SafetensorsFile<S>,
) -> Result<M, WeightError> {
    let width = model.width();
    for module in model.head_modules() {
        let Some(outputs) = rows_of_head(module, file, width)? else {
            continue;
        };
        let weight = file.tensor(&format!("{module}.weight"), &[outputs, width])?;
        let bias = match head_has_bias(module) {
            true => Some(file.tensor(&format!("{module}.bias"), &[outputs])?),
            false => None,
        };
        model = model.with_stored_head(module, weight, bias);
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
pub fn base_tensors<M: Module>(model: &M) -> Result<Vec<NamedTensor>, Fault> {
    read_back(model, |name| !is_added(name) || is_head(name))
}

/// Chosen tensors read back from a device that can be waited for.
pub fn read_back<M: Module>(
    model: &M,
    wanted: impl Fn(&str) -> bool,
) -> Result<Vec<NamedTensor>, Fault> {
    struct Reader<W> {
        wanted: W,
        tensors: Result<Vec<NamedTensor>, Fault>,
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
            match numbers::of(name, &tensor.into_data()) {
                Ok(values) => tensors.push(NamedTensor {
                    name: name.to_owned(),
                    shape,
                    values,
                }),
                Err(reason) => self.tensors = Err(reason),
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
    use crate::faults::ConfigError;
    use crate::io::opening::{self, read_text};

    pub fn config(folder: &Path) -> Result<ModelConfig, FolderError> {
        Ok(ModelConfig::parse(&opening::model_config(folder)?)?)
    }

    pub fn model(folder: &Path, device: &Device) -> Result<(ModelConfig, Model), FolderError> {
        let config = config(folder)?;
        let model = build(&config, opening::weights(folder, "model")?, device)?;
        Ok((config, model))
    }

    /// A folder that must hold a GPT-2.
    pub fn gpt2(folder: &Path, device: &Device) -> Result<(Gpt2Config, Gpt2), FolderError> {
        match model(folder, device)? {
            (ModelConfig::Gpt2(config), Model::Gpt2(model)) => Ok((config, model)),
            (config, _) => {
                let family = config.family().name();
                Err(ConfigError::unsupported("model_type", family, &["gpt2"]).into())
            }
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::safetensors::{Precision, write};
    use crate::model::bert::{MaskedLmHead, Pooler, RandomWeights};
    use crate::settings::Seed;

    fn config() -> BertConfig {
        BertConfig::sized(11, 8, 6, 2, 2)
    }

    fn tensors() -> Vec<NamedTensor> {
        let (config, device) = (config(), Device::flex());
        let mut weights = RandomWeights::new(Seed::new(1));
        let head = MaskedLmHead::load(&config, &mut weights, &device).unwrap();
        let model = Bert::load(&config, &mut weights, &device).unwrap();
        let model = model.with_masked_lm(head);
        base_tensors(&model.with_pooler(Pooler::identity(6, &device))).unwrap()
    }

    fn built(tensors: &[NamedTensor]) -> Result<Bert, FolderError> {
        let bytes = write(tensors, Precision::F32).unwrap();
        build_bert(&config(), bytes, &Device::flex())
    }

    #[test]
    fn what_was_written_comes_back_with_its_heads() {
        let model = built(&tensors()).unwrap();
        assert!(model.cls.is_some() && model.bert.pooler.is_some() && model.classifier.is_none());
        assert_eq!(base_tensors(&model).unwrap(), tensors());
    }

    #[test]
    fn an_encoder_alone_needs_no_prefix_and_old_names_of_layer_norms_are_known() {
        let bare: Vec<NamedTensor> = tensors()
            .into_iter()
            .filter_map(|t| {
                let name = t.name.strip_prefix("bert.")?;
                let name = name.replace("LayerNorm.weight", "LayerNorm.gamma");
                let name = name.replace("LayerNorm.bias", "LayerNorm.beta");
                Some(NamedTensor { name, ..t })
            })
            .collect();
        let model = built(&bare).unwrap();
        assert!(model.cls.is_none() && model.bert.pooler.is_some());
    }

    #[test]
    fn a_missing_tensor_is_named() {
        let mut cut = tensors();
        cut.retain(|t| !t.name.contains("layer.1.output.dense.bias"));
        let error = built(&cut).err().unwrap().to_string();
        assert!(
            error.contains("bert.encoder.layer.1.output.dense.bias"),
            "{error}"
        );
    }
}
