//! A checkpoint that has been read.

use std::collections::BTreeMap;

use burn::module::Module;
use burn::prelude::*;

use super::record::{Record, State};
use super::{BEST, History, RECORD, STEPS, Snapshot, TRAINED, moments};
use crate::faults::{CheckpointError, Fault};
use crate::io::safetensors::{ByteSource, SafetensorsFile};
use crate::model::numbers;
use crate::model::parameters::{flattened, list, with_values};
use crate::protocol::ParameterInfo;
use crate::train::optimizer::Moments;
use crate::train::{AdamW, BestModel};

/// A run to be gone on with, apart from any model.
pub struct Checkpoint {
    pub record: Record,
    pub state: State,
    /// Everything told so far.
    pub history: History,
    trained: BTreeMap<String, TensorData>,
    best: BTreeMap<String, TensorData>,
    pub moments: BTreeMap<String, Moments>,
}

impl Checkpoint {
    /// Reads the whole file; moments come to `device`, which does not differentiate.
    ///
    /// # Errors
    /// Where it is cut short or damaged, no checkpoint of a run, or another version of the program wrote it.
    pub fn open(source: impl ByteSource, device: &Device) -> Result<Self, Fault> {
        let mut file = SafetensorsFile::open(source)?;
        let record = file.note(RECORD).ok_or(CheckpointError::NoCheckpoint)?;
        let record = Record::parse(record)?;
        let state = record.state()?;
        let moments = moments::read(&mut file, device)?;
        let (mut trained, mut best) = (BTreeMap::new(), BTreeMap::new());
        for name in file.tensors().into_keys() {
            let (own, into) = match (name.strip_prefix(TRAINED), name.strip_prefix(BEST)) {
                (Some(own), _) => (own, &mut trained),
                (_, Some(own)) => (own, &mut best),
                _ => continue,
            };
            into.insert(own.to_owned(), file.read(&name)?);
        }
        let steps = numbers::of(STEPS, &file.read(STEPS)?)?;
        let history = History::of(&steps, state.news.clone());
        if history.steps_made() != record.step {
            return Err(CheckpointError::LacksSteps.into());
        }
        Ok(Self {
            record,
            state,
            history,
            trained,
            best,
            moments,
        })
    }

    /// The prepared model with the trained values in the place of its own.
    ///
    /// # Errors
    /// Where the two do not train the same parameters.
    pub fn trained<M: Module>(&self, model: M) -> Result<M, CheckpointError> {
        fill(model, &self.trained)
    }

    /// The same of the best weights so far, where they are kept.
    pub fn best<M: Module>(&self, model: M) -> Option<Result<M, CheckpointError>> {
        (!self.best.is_empty()).then(|| fill(model, &self.best))
    }
}

fn fill<M: Module>(model: M, values: &BTreeMap<String, TensorData>) -> Result<M, CheckpointError> {
    let trains = |parameter: &ParameterInfo| parameter.trainable;
    let trained: Vec<ParameterInfo> = list(&model).into_iter().filter(trains).collect();
    for parameter in &trained {
        let saved = values.get(&parameter.name);
        if saved.is_none_or(|saved| saved.shape().as_slice() != &parameter.shape[..]) {
            let name = parameter.name.clone();
            return Err(CheckpointError::LacksParameter { name });
        }
    }
    if trained.len() != values.len() {
        return Err(CheckpointError::SpareParameters);
    }
    Ok(with_values(model, values.clone()))
}

impl Snapshot {
    /// Of a run that stands between two steps or in an evaluation, all numbers read.
    pub fn of<M: Module + Clone>(
        record: Record,
        model: &M,
        optimizer: &AdamW,
        best: &BestModel<M>,
        history: &History,
    ) -> Self {
        let mut tensors = named(TRAINED, model);
        let moments = moments::named(optimizer).into_iter();
        tensors.extend(moments.map(|(name, values)| {
            let shape = values.dims().to_vec();
            (name, shape, values)
        }));
        if let Some(model) = best.best().and_then(|best| best.model.as_ref()) {
            tensors.extend(named(BEST, model));
        }
        Self {
            record,
            tensors,
            steps: history.numbers(),
        }
    }
}

/// What trains of a model, under its names in the file.
fn named<M: Module>(prefix: &str, model: &M) -> Vec<(String, Vec<usize>, Tensor<1>)> {
    let all = flattened(model).into_iter();
    all.filter(|(info, _)| info.trainable)
        .map(|(info, values)| (format!("{prefix}{}", info.name), info.shape, values))
        .collect()
}
