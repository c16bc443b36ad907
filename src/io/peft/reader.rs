//! Tensors of an adapter's file, by PEFT's names.

use std::collections::{BTreeMap, BTreeSet};

use burn::module::Module;
use burn::prelude::*;

use super::stored::{saved_name, stored_head, stored_name, stored_shape};
use super::virtual_tokens::{TENSOR, part_of_prefix};
use super::{AdapterConfig, PREFIX};
use crate::faults::{Fault, PeftError, WeightError};
use crate::io::safetensors::{ByteSource, SafetensorsFile};
use crate::methods::StoredSize;
use crate::model::heads::head_has_bias;
use crate::model::network::Network;
use crate::model::parameters::{self, is_adapter, is_added};
use crate::protocol::ParameterInfo;

/// The head of a language model that has one of its own, and what it is here.
const TIED_HEAD: &str = "lm_head.weight";
const EMBEDDING: &str = "transformer.wte.weight";

/// Takes tensors out of the file and notes which, so that none is dropped unseen.
pub struct Reader<'a, S> {
    pub file: SafetensorsFile<S>,
    /// The file's own name of each tensor, by PEFT's.
    names: BTreeMap<String, String>,
    /// By the file's own name.
    used: BTreeSet<String>,
    config: &'a AdapterConfig,
}

impl<'a, S: ByteSource> Reader<'a, S> {
    /// Refuses a file of other sizes than the configuration has, before a model is built of those.
    pub fn open(config: &'a AdapterConfig, weights: S) -> Result<Self, PeftError> {
        let file = SafetensorsFile::open(weights)?;
        let stored: Vec<String> = file.tensors().into_keys().collect();
        // A name as PEFT saves it goes before the same name with an adapter's name in it.
        let plain = |name: &String| (name.clone(), name.clone());
        let mut names: BTreeMap<String, String> = stored.iter().map(plain).collect();
        for name in stored {
            names.entry(saved_name(&name)).or_insert(name);
        }
        let reader = Self {
            file,
            names,
            used: BTreeSet::new(),
            config,
        };
        reader.check_size()?;
        Ok(reader)
    }

    /// The rank, or the number of virtual tokens, against the first tensor that has it.
    fn check_size(&self) -> Result<(), PeftError> {
        let peft = self.config.strategy.adapts().peft();
        let Some(StoredSize { field, is, tensor }) = peft.and_then(|peft| peft.size()) else {
            return Ok(());
        };
        let Some(name) = self.names.keys().find(|name| name.ends_with(tensor)) else {
            return Err(self.missing(&format!("…{tensor}")));
        };
        let shape = self.shape(name).unwrap_or_default();
        if shape.first() == Some(&is) {
            return Ok(());
        }
        let name = name.clone();
        Err(PeftError::OtherSize {
            field: field.to_owned(),
            is,
            name,
            shape,
        })
    }

    pub fn shape(&self, name: &str) -> Option<Vec<usize>> {
        self.file.tensors().remove(self.names.get(name)?)
    }

    fn missing(&self, name: &str) -> PeftError {
        const TOLD: usize = 3;
        let mut found: Vec<String> = self.file.tensors().into_keys().collect();
        let more = found.len().saturating_sub(TOLD);
        found.truncate(TOLD);
        PeftError::Missing {
            name: name.to_owned(),
            found,
            more,
        }
    }

    /// A tensor of another shape means another base model; the file says which. One that is missing is told with what
    /// is there.
    pub fn explain(&self, error: WeightError) -> PeftError {
        match error {
            reason @ WeightError::WrongShape { .. } => PeftError::AnotherBase {
                reason,
                base: self.config.base_name.clone(),
            },
            WeightError::Missing { name } => self.missing(&name),
            other => other.into(),
        }
    }

    pub fn tensor(&mut self, name: &str, expected: &[usize]) -> Result<TensorData, WeightError> {
        let stored = self.names.get(name).map_or(name, String::as_str);
        let data = self.file.read(stored)?;
        let found = data.shape().to_vec();
        if found != expected {
            let (name, expected) = (name.to_owned(), expected.to_vec());
            return Err(WeightError::WrongShape {
                name,
                found,
                expected,
            });
        }
        self.used.insert(stored.to_owned());
        Ok(data)
    }

    /// The values of every adapter parameter of a model that has just got them.
    pub fn values<M: Module>(
        &mut self,
        model: &M,
    ) -> Result<BTreeMap<String, TensorData>, WeightError> {
        let mut added = parameters::list(model);
        added.retain(|parameter| is_adapter(&parameter.name));
        if self.config.strategy.virtual_tokens() > 0 {
            return self.virtual_tokens(added);
        }
        let mut values = BTreeMap::new();
        for ParameterInfo { name, shape, .. } in added {
            let stored = stored_shape(&name, &shape, &self.config.strategy);
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
        let all = self.tensor(TENSOR, &[rows, columns])?;
        let all = all
            .try_to_vec::<f32>()
            .map_err(|e| unreadable(TENSOR, &e))?;
        let part = |(index, parameter): (usize, ParameterInfo)| {
            let values = part_of_prefix(&all, columns, width, index);
            (parameter.name, TensorData::new(values, [rows, width]))
        };
        Ok(added.into_iter().enumerate().map(part).collect())
    }

    /// The model with the heads that the file holds.
    pub fn heads<M: Network>(&mut self, mut model: M) -> Result<M, WeightError> {
        let width = model.width();
        for module in model.head_modules() {
            let name = stored_head(&format!("{module}.weight"), &self.config.strategy);
            let Some(shape) = self.shape(&name) else {
                continue;
            };
            let outputs = shape.first().copied().unwrap_or(0);
            let weight = self.tensor(&name, &[outputs, width])?;
            let bias = match head_has_bias(module) {
                true => {
                    let name = stored_head(&format!("{module}.bias"), &self.config.strategy);
                    Some(self.tensor(&name, &[outputs])?)
                }
                false => None,
            };
            model = model.with_stored_head(module, weight, bias);
        }
        Ok(model)
    }

    /// Values that stand in the place of the base's own.
    pub fn of_base<M: Module>(
        &mut self,
        model: &M,
    ) -> Result<BTreeMap<String, TensorData>, WeightError> {
        let mut values = BTreeMap::new();
        for ParameterInfo { name, shape, .. } in parameters::list(model) {
            let stored = format!("{PREFIX}{name}");
            if !is_added(&name) && self.names.contains_key(&stored) {
                values.insert(name, self.tensor(&stored, &shape)?);
            }
        }
        Ok(values)
    }

    /// A language head of its own is that of a model whose head is not the embedding itself, unless both are the same.
    pub fn tied_head(&mut self) -> Result<(), PeftError> {
        let [head, embedding] = [TIED_HEAD, EMBEDDING].map(|name| format!("{PREFIX}{name}"));
        let (Some(shape), Some(own)) = (self.shape(&head), self.shape(&embedding)) else {
            return Ok(());
        };
        let [head_values, embedding] =
            [self.tensor(&head, &shape)?, self.tensor(&embedding, &own)?];
        match head_values == embedding {
            true => Ok(()),
            false => Err(PeftError::UntiedHead { name: head }),
        }
    }

    /// Every module that was trained whole must be in the file.
    pub fn has_saved_modules(&self) -> Result<(), PeftError> {
        let is_there = |module: &String| {
            let inside = format!(".{module}.");
            self.names.keys().any(|name| name.contains(&inside))
        };
        let saved = &self.config.saved_of_base;
        match saved.iter().find(|module| !is_there(module)) {
            Some(module) => Err(self.missing(&format!("…{module}.weight"))),
            None => Ok(()),
        }
    }

    pub fn nothing_is_left(&self) -> Result<(), PeftError> {
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
    WeightError::unreadable(Fault::foreign(format!("`{name}`: {error:?}")))
}
