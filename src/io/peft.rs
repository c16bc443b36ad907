//! Adapters as PEFT keeps them: `adapter_config.json` beside `adapter_model.safetensors`.

mod config;
pub mod fields;
mod heads;
mod reader;
mod stored;
#[cfg(test)]
mod tests;
pub mod virtual_tokens;

use super::described::without_idle_pooler;
use super::read_back;
use super::safetensors::{ByteSource, NamedTensor, Precision, write};
use crate::faults::PeftError;
use crate::methods::LinearShape;
use crate::methods::targets::owned;
use crate::model::network::Network;
use crate::model::parameters::{self, is_adapter, is_added};
use crate::settings::{Family, Seed, Strategy, is_head};

pub use config::{AdapterConfig, BaseShape};
pub use heads::{head_module, head_outputs, is_task};
use reader::Reader;
pub use stored::stored_name;
use stored::{stored_head, stored_shape};

/// What PEFT puts before every name of the model it wraps.
const PREFIX: &str = "base_model.model.";

/// `model` with the adapter beside its weights, and with the adapter's head where it brings one; and the settings, with what
/// they say by pattern worked out for this model. Weights of the base that the file holds, such as embeddings that were trained
/// or grown beside the adapter, stand in the place of the base's.
///
/// Which parameters train is the caller's to say, with [`Gpt2::with_trainable`]. A tensor of the file
/// that finds no place is an error, since the adapted model would not be the one that was saved.
pub fn load<M: Network>(
    config_json: &str,
    weights: impl ByteSource,
    model: M,
) -> Result<Loaded<M>, PeftError> {
    let config = AdapterConfig::parse(config_json)?.settled(config_json, &model)?;
    let mut reader = Reader::open(&config, weights)?;
    let model = beside(model, &config, &mut reader)?;
    let model = reader.heads(model).map_err(|e| reader.explain(e))?;
    has_its_head(&model, &config)?;
    reader.has_saved_modules()?;
    reader.tied_head()?;
    let own = reader.of_base(&model).map_err(|e| reader.explain(e))?;
    let changes_base = !own.is_empty();
    let model = parameters::with_values(model, own);
    reader.nothing_is_left()?;
    Ok(Loaded {
        model,
        strategy: config.strategy,
        changes_base,
    })
}

/// The model with what the method adds to it, heads apart.
fn beside<M: Network, S: ByteSource>(
    model: M,
    config: &AdapterConfig,
    reader: &mut Reader<S>,
) -> Result<M, PeftError> {
    let family = model.family();
    let has_head = config.task_type.as_deref().is_some_and(heads::is_task);
    let model = without_idle_pooler(model, has_head, &reader.file);
    let model = model.with_strategy(&config.strategy, &mut Seed::new(0));
    let values = reader.values(&model).map_err(|e| reader.explain(e))?;
    if values.is_empty() {
        let targets = config.strategy.method().targets().to_vec();
        let modules = owned(family.linear_modules());
        return Err(PeftError::NothingMatched { targets, modules });
    }
    Ok(parameters::with_values(model, values))
}

/// Refuses an adapter for a task whose head neither it nor the model has.
fn has_its_head<M: Network>(model: &M, config: &AdapterConfig) -> Result<(), PeftError> {
    let Some(task_type) = &config.task_type else {
        return Ok(());
    };
    let Some(head) = heads::of_task(model.family(), task_type) else {
        return Ok(());
    };
    if !heads::is_on(model, head) {
        let (task_type, head) = (task_type.clone(), head.to_owned());
        return Err(PeftError::NoHead { task_type, head });
    }
    match heads::can_classify(model, config) {
        true => Ok(()),
        false => Err(PeftError::NoPooler),
    }
}

/// A model with an adapter beside it.
#[derive(Debug, Clone)]
pub struct Loaded<M> {
    pub model: M,
    pub strategy: Strategy,
    /// The file holds weights in the place of some of the base's: the adapter is more than what stands beside them.
    pub changes_base: bool,
}

/// The adapter of `model`, its head included, as PEFT's two files: `adapter_config.json` and
/// `adapter_model.safetensors`. For devices that can be waited for; a browser takes [`save_async`].
pub fn save<M: Network>(
    model: &M,
    strategy: &Strategy,
    base_name: &str,
    task_type: &str,
) -> Result<(String, Vec<u8>), PeftError> {
    let tensors = super::folder::read_back(model, is_added).map_err(PeftError::read_back)?;
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
        .map_err(PeftError::read_back)?;
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

impl AdapterConfig {
    /// With what it says of single modules by pattern worked out for a model, and in the model's own words.
    fn settled<M: Network>(mut self, json: &str, model: &M) -> Result<Self, PeftError> {
        let family = model.family();
        say_all_linear_for(family, &mut self.strategy);
        let own = parameters::list(model).into_iter().filter(|p| !p.added);
        let linear = own.filter_map(|p| LinearShape::of(family, &p.name, &p.shape));
        let linear: Vec<String> = linear.map(|layer| layer.path).collect();
        let peft = self.strategy.adapts().peft();
        let settled = peft.map(|peft| peft.settled(json, &linear, family));
        if let Some(settled) = settled.transpose()?.flatten() {
            self.strategy = settled;
        }
        Ok(self)
    }
}

/// PEFT's word `all-linear`, which was read as the usual family's modules, in the names of another.
fn say_all_linear_for(family: Family, strategy: &mut Strategy) {
    strategy.change(|method| match method.targets_mut() {
        Some(targets) if *targets == Family::default().linear_modules() => {
            *targets = owned(family.linear_modules());
        }
        _ => {}
    });
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
    let stored = |tensor: NamedTensor| NamedTensor {
        shape: stored_shape(&tensor.name, &tensor.shape, strategy),
        name: stored_name(&tensor.name),
        ..tensor
    };
    let mut stored: Vec<NamedTensor> = match strategy.virtual_tokens() {
        0 => adapter.into_iter().map(stored).collect(),
        _ => vec![virtual_tokens::join_prefix(&adapter)],
    };
    stored.extend(heads.into_iter().map(|tensor| NamedTensor {
        name: stored_head(&tensor.name, strategy),
        ..tensor
    }));
    let config = AdapterConfig {
        strategy: strategy.clone(),
        task_type: Some(task_type.to_owned()),
        base_name: Some(base_name.to_owned()),
        saved_of_base: Vec::new(),
    };
    let strategy = strategy.name().to_owned();
    let config = config
        .to_json(shape)
        .ok_or(PeftError::NoFormat { strategy })?;
    Ok((config, write(&stored, Precision::F32)?))
}
