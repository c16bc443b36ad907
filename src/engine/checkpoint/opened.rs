//! A checkpoint that has been read.

use std::collections::BTreeMap;

use burn::module::Module;
use burn::prelude::*;

use super::record::{Record, State};
use super::{BEST, History, RECORD, STEPS, Snapshot, TRAINED, moments};
use crate::io::safetensors::{ByteSource, SafetensorsFile};
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
    pub fn open(source: impl ByteSource, device: &Device) -> Result<Self, String> {
        let mut file = SafetensorsFile::open(source).map_err(|e| e.to_string())?;
        let record = file.note(RECORD).ok_or("this is no checkpoint of a run")?;
        let record = Record::parse(record)?;
        let state = record.state()?;
        let moments = moments::read(&mut file, device).map_err(|e| e.to_string())?;
        let (mut trained, mut best) = (BTreeMap::new(), BTreeMap::new());
        for name in file.tensors().into_keys() {
            let (own, into) = match (name.strip_prefix(TRAINED), name.strip_prefix(BEST)) {
                (Some(own), _) => (own, &mut trained),
                (_, Some(own)) => (own, &mut best),
                _ => continue,
            };
            let data = file.read(&name).map_err(|e| e.to_string())?;
            into.insert(own.to_owned(), data);
        }
        let steps = file.read(STEPS).map_err(|e| e.to_string())?;
        let steps = steps.try_to_vec::<f32>().map_err(|e| format!("{e:?}"))?;
        let history = History::of(&steps, state.news.clone());
        if history.steps_made() != record.step {
            return Err("the checkpoint is damaged: it lacks the numbers of some steps".to_owned());
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
    pub fn trained<M: Module>(&self, model: M) -> Result<M, String> {
        fill(model, &self.trained)
    }

    /// The same of the best weights so far, where they are kept.
    pub fn best<M: Module>(&self, model: M) -> Option<Result<M, String>> {
        (!self.best.is_empty()).then(|| fill(model, &self.best))
    }
}

fn fill<M: Module>(model: M, values: &BTreeMap<String, TensorData>) -> Result<M, String> {
    let trains = |parameter: &ParameterInfo| parameter.trainable;
    let trained: Vec<ParameterInfo> = list(&model).into_iter().filter(trains).collect();
    for parameter in &trained {
        let saved = values.get(&parameter.name);
        if saved.is_none_or(|saved| saved.shape().as_slice() != &parameter.shape[..]) {
            let name = &parameter.name;
            return Err(format!("the checkpoint has no `{name}` of this shape"));
        }
    }
    if trained.len() != values.len() {
        return Err("the checkpoint holds parameters that this run does not train".to_owned());
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
