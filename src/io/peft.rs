//! Adapters as PEFT keeps them: `adapter_config.json` beside `adapter_model.safetensors`.

mod config;
mod heads;
mod stored;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use burn::module::Module;
use burn::prelude::*;

use super::read_back;
use super::safetensors::{ByteSource, NamedTensor, Precision, SafetensorsFile, write};
use crate::model::heads::head_has_bias;
use crate::model::network::Network;
use crate::model::parameters::{self, is_adapter, is_added};
use crate::model::weights::WeightError;
use crate::protocol::ParameterInfo;
use crate::settings::{ALL_LINEAR, Family, Seed, Strategy, is_head};

pub use config::{AdapterConfig, BaseShape};
pub use stored::stored_name;
use stored::{PROMPT, join_prefix, part_of_prefix, stored_head, stored_shape};

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
        "adapter_config.json: target_modules {targets:?} match nothing in this model; it has {}",
        modules.join(", ")
    )]
    NothingMatched {
        targets: Vec<String>,
        modules: &'static [&'static str],
    },
    #[error("adapter_model.safetensors: {0}")]
    Weights(#[from] WeightError),
    #[error(
        "adapter_model.safetensors does not fit this model: {reason}. The adapter was made for {base}"
    )]
    AnotherBase { reason: WeightError, base: String },
    #[error("PEFT has no format for the strategy {strategy}")]
    NoFormat { strategy: &'static str },
    #[error(
        "adapter_model.safetensors holds `{name}`, for which this adapter's settings leave no place"
    )]
    NoPlace { name: String },
    #[error(
        "this adapter is for {task_type}, but neither it nor the model has the head for that (`{head}`)"
    )]
    NoHead {
        task_type: String,
        head: &'static str,
    },
    #[error(
        "this adapter is for BERT's classifier, which reads the pooler's output, and the model's folder holds no pooler (bert.pooler.dense)"
    )]
    NoPooler,
    #[error("{0}")]
    ReadBack(String),
}

/// `model` with the adapter beside its weights, and with the adapter's head where it brings one.
///
/// Which parameters train is the caller's to say, with [`Gpt2::with_trainable`]. A tensor of the file
/// that finds no place is an error, since the adapted model would not be the one that was saved.
pub fn load<M: Network>(
    config_json: &str,
    weights: impl ByteSource,
    model: M,
) -> Result<M, PeftError> {
    let mut config = AdapterConfig::parse(config_json)?;
    let family = model.family();
    say_all_linear_for(family, &mut config.strategy);
    let mut reader = Reader {
        file: SafetensorsFile::open(weights)?,
        used: BTreeSet::new(),
        strategy: &config.strategy,
    };
    let model = model.with_strategy(&config.strategy, &mut Seed::new(0));
    let values = reader.values(&model).map_err(|e| config.explain(e))?;
    if values.is_empty() {
        let targets = match config.strategy {
            Strategy::Lora(settings) => settings.target_modules,
            Strategy::Ia3(settings) => settings.target_modules,
            _ => Vec::new(),
        };
        let modules = family.linear_modules();
        return Err(PeftError::NothingMatched { targets, modules });
    }
    let model = parameters::with_values(model, values);
    let model = reader.heads(model).map_err(|e| config.explain(e))?;
    let head = config.task_type.as_deref();
    let head = head.and_then(|task| heads::of_task(family, task));
    if let (Some(task_type), Some(head)) = (&config.task_type, head)
        && !heads::is_on(&model, head)
    {
        let task_type = task_type.clone();
        return Err(PeftError::NoHead { task_type, head });
    }
    if family == Family::Bert && head == Some("classifier") && !heads::can_classify(&model, &config)
    {
        return Err(PeftError::NoPooler);
    }
    reader.nothing_is_left()?;
    Ok(model)
}

impl AdapterConfig {
    /// A tensor of another shape means another base model; the file says which.
    fn explain(&self, error: WeightError) -> PeftError {
        match error {
            reason @ WeightError::WrongShape { .. } => PeftError::AnotherBase {
                reason,
                base: match &self.base_name {
                    Some(name) => format!("`{name}`"),
                    None => "another".to_owned(),
                },
            },
            other => other.into(),
        }
    }
}

/// The adapter of `model`, its head included, as PEFT's two files: `adapter_config.json` and
/// `adapter_model.safetensors`. For devices that can be waited for; a browser takes [`save_async`].
pub fn save<M: Network>(
    model: &M,
    strategy: &Strategy,
    base_name: &str,
    task_type: &str,
) -> Result<(String, Vec<u8>), PeftError> {
    let tensors = super::folder::read_back(model, is_added).map_err(PeftError::ReadBack)?;
    files(
        (shape(model), heads::of_task(model.family(), task_type)),
        tensors,
        strategy,
        base_name,
        task_type,
    )
}

/// As [`save`], without blocking.
pub async fn save_async<M: Network>(
    model: &M,
    strategy: &Strategy,
    base_name: &str,
    task_type: &str,
) -> Result<(String, Vec<u8>), PeftError> {
    let tensors = read_back::parameters(model, is_added)
        .await
        .map_err(PeftError::ReadBack)?;
    files(
        (shape(model), heads::of_task(model.family(), task_type)),
        tensors,
        strategy,
        base_name,
        task_type,
    )
}

fn shape<M: Network>(model: &M) -> BaseShape {
    BaseShape {
        family: model.family(),
        layers: model.blocks(),
        heads: model.attention_heads(),
        width: model.width(),
    }
}

/// PEFT's word `all-linear`, which was read as GPT-2's modules, in the names of another family.
fn say_all_linear_for(family: Family, strategy: &mut Strategy) {
    if let Strategy::Lora(lora) = strategy
        && lora.target_modules == ALL_LINEAR
    {
        let modules = family.linear_modules().iter();
        lora.target_modules = modules.map(|name| (*name).to_owned()).collect();
    }
}

/// The head of the task goes along; any other that happens to be on the model is left out, as PEFT does.
fn files(
    (shape, head): (BaseShape, Option<&str>),
    tensors: Vec<NamedTensor>,
    strategy: &Strategy,
    base_name: &str,
    task_type: &str,
) -> Result<(String, Vec<u8>), PeftError> {
    let is_kept = |name: &str| match name.split_once('.') {
        Some((module, _)) if is_head(name) => head == Some(module),
        _ => true,
    };
    let (adapter, heads): (Vec<_>, Vec<_>) = tensors
        .into_iter()
        .filter(|tensor| is_kept(&tensor.name))
        .partition(|tensor| is_adapter(&tensor.name));
    let mut stored = match strategy {
        Strategy::Prompt { .. } | Strategy::Prefix { .. } => vec![join_prefix(&adapter)],
        _ => adapter
            .into_iter()
            .map(|tensor| NamedTensor {
                shape: stored_shape(&tensor.name, &tensor.shape, strategy),
                name: stored_name(&tensor.name),
                ..tensor
            })
            .collect(),
    };
    stored.extend(heads.into_iter().map(|tensor| NamedTensor {
        name: stored_head(&tensor.name, strategy),
        ..tensor
    }));
    let config = AdapterConfig {
        strategy: strategy.clone(),
        task_type: Some(task_type.to_owned()),
        base_name: Some(base_name.to_owned()),
    };
    let strategy = strategy.name();
    let config = config
        .to_json(shape)
        .ok_or(PeftError::NoFormat { strategy })?;
    Ok((config, write(&stored, Precision::F32)?))
}

/// Takes tensors out of the file and notes which, so that none is dropped unseen.
struct Reader<'a, S> {
    file: SafetensorsFile<S>,
    used: BTreeSet<String>,
    strategy: &'a Strategy,
}

impl<S: ByteSource> Reader<'_, S> {
    fn tensor(&mut self, name: &str, expected: &[usize]) -> Result<TensorData, WeightError> {
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

    /// The values of every adapter parameter of a model that has just got them.
    fn values<M: Module>(
        &mut self,
        model: &M,
    ) -> Result<BTreeMap<String, TensorData>, WeightError> {
        let mut added = parameters::list(model);
        added.retain(|parameter| is_adapter(&parameter.name));
        if self.strategy.virtual_tokens() > 0 {
            return self.virtual_tokens(added);
        }
        let mut values = BTreeMap::new();
        for ParameterInfo { name, shape, .. } in added {
            let stored = stored_shape(&name, &shape, self.strategy);
            let data = self.tensor(&stored_name(&name), &stored)?;
            let values_only = data
                .try_to_vec::<f32>()
                .map_err(|e| unreadable(&name, &e))?;
            values.insert(name, TensorData::new(values_only, shape));
        }
        Ok(values)
    }

    /// A soft prompt is one matrix; a prefix is one too, cut up among the blocks.
    fn virtual_tokens(
        &mut self,
        added: Vec<ParameterInfo>,
    ) -> Result<BTreeMap<String, TensorData>, WeightError> {
        let [rows, width] = added.first().map_or([0, 0], |p| [p.shape[0], p.shape[1]]);
        let columns = width * added.len();
        let all = self.tensor(PROMPT, &[rows, columns])?;
        let all = all
            .try_to_vec::<f32>()
            .map_err(|e| unreadable(PROMPT, &e))?;
        let part = |(index, parameter): (usize, ParameterInfo)| {
            let values = part_of_prefix(&all, columns, width, index);
            (parameter.name, TensorData::new(values, [rows, width]))
        };
        Ok(added.into_iter().enumerate().map(part).collect())
    }

    /// The model with the heads that the file holds.
    fn heads<M: Network>(&mut self, mut model: M) -> Result<M, WeightError> {
        let width = model.width();
        for module in model.head_modules() {
            let name = stored_head(&format!("{module}.weight"), self.strategy);
            let Some(shape) = self.file.tensors().remove(&name) else {
                continue;
            };
            let outputs = shape.first().copied().unwrap_or(0);
            let weight = self.tensor(&name, &[outputs, width])?;
            let bias = match head_has_bias(module) {
                true => {
                    let name = stored_head(&format!("{module}.bias"), self.strategy);
                    Some(self.tensor(&name, &[outputs])?)
                }
                false => None,
            };
            model = model.with_stored_head(module, weight, bias);
        }
        Ok(model)
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

fn unreadable(name: &str, error: &dyn std::fmt::Debug) -> WeightError {
    WeightError::Unreadable {
        reason: format!("`{name}`: {error:?}"),
    }
}
