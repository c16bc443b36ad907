//! Runs that wait for the engine, each with the data and the model that it is to be made with. Pure; `app` does what
//! `next_move` says.

pub mod kept;

use std::sync::Arc;

use crate::protocol::{AskKind, DatasetInfo, ErrorKind};
use crate::settings::TrainingSettings;
use crate::ui::learner::RunTag;
use crate::ui::sources::datasets::DataSource;
use crate::ui::sources::own_model::ModelSource;
use crate::ui::state::{Engine, Failure, Lack, Phase, Run, State};

/// A run that starts when the engine is free.
#[derive(Debug, Clone, PartialEq)]
pub struct QueuedRun {
    pub tag: RunTag,
    pub settings: TrainingSettings,
    /// How often it looks at the validation split, where the settings do not say.
    pub evaluations: usize,
    pub start_paused: bool,
    /// Goes on with the run that the engine keeps.
    pub resumes: bool,
    pub dataset: DataSource,
    pub model: ModelSource,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct Queue {
    /// The next one first.
    waiting: Vec<QueuedRun>,
    /// The one that was started last.
    started: Option<QueuedRun>,
}

/// What has to be done for the next run.
#[derive(Debug, Clone, PartialEq)]
pub enum Move {
    /// Nothing now: no run waits, or the engine is busy or away.
    Wait,
    LoadModel(ModelSource),
    LoadDataset(DataSource),
    Start,
    /// It cannot have what it is to be made with.
    GiveUp(Lack),
}

impl Queue {
    /// These wait now, and no others.
    pub fn put(&mut self, runs: Vec<QueuedRun>) {
        self.waiting = runs;
        self.started = None;
    }

    /// These wait behind those that wait already.
    pub fn append(&mut self, runs: Vec<QueuedRun>) {
        self.waiting.extend(runs);
        self.started = None;
    }

    /// The one at this place no longer waits.
    pub fn drop_one(&mut self, place: usize) {
        if place < self.waiting.len() {
            self.waiting.remove(place);
        }
    }

    /// This one comes before all others.
    pub fn put_first(&mut self, run: QueuedRun) {
        self.waiting.insert(0, run);
        self.started = None;
    }

    /// The run that was started last is to be made anew.
    pub fn put_back(&mut self) {
        if let Some(run) = self.started.take() {
            self.waiting.insert(0, run);
        }
    }

    pub fn clear(&mut self) {
        self.waiting.clear();
    }

    pub fn waiting(&self) -> &[QueuedRun] {
        &self.waiting
    }

    pub fn holds(&self, tag: RunTag) -> bool {
        self.waiting.iter().any(|run| run.tag == tag)
    }

    /// The next run, which starts now.
    pub fn begin(&mut self) -> Option<QueuedRun> {
        if self.waiting.is_empty() {
            return None;
        }
        let run = self.waiting.remove(0);
        self.started = Some(run.clone());
        Some(run)
    }

    /// Sends home all runs that lack the same; how many.
    pub fn give_up(&mut self, lack: &Lack) -> usize {
        let before = self.waiting.len();
        self.waiting.retain(|run| match lack {
            Lack::Model(name) => run.model.name() != name,
            Lack::Dataset(name) | Lack::Suited(name) => run.dataset.name() != name,
        });
        before - self.waiting.len()
    }

    pub fn next_move(&self, state: &State) -> Move {
        let Some(run) = self.waiting.first() else {
            return Move::Wait;
        };
        let is_busy = state.goes_on || state.run.as_ref().is_some_and(Run::is_going);
        if is_busy || state.device.is_none() || self.waits_for_the_learner(state) {
            return Move::Wait;
        }
        let is_its_model = state.source.as_ref() == Some(&run.model);
        match &state.engine {
            Engine::Failed(Failure::Model(_)) if is_its_model => {
                Move::GiveUp(Lack::Model(run.model.name().to_string()))
            }
            Engine::Failed(Failure::Model(_)) => Move::LoadModel(run.model.clone()),
            Engine::Ready if !is_its_model || state.model.is_none() => {
                Move::LoadModel(run.model.clone())
            }
            Engine::Ready => data_for(run, state),
            Engine::Loading { .. } | Engine::Failed(_) => Move::Wait,
        }
    }

    /// A run was lost with the engine. Whether it is made anew before the next one is for the learner to say.
    fn waits_for_the_learner(&self, state: &State) -> bool {
        let is_lost = |run: &Run| matches!(&run.phase, Phase::Failed { error, .. } if error.kind == ErrorKind::Device);
        self.started.is_some() && state.run.as_ref().is_some_and(is_lost)
    }
}

fn data_for(run: &QueuedRun, state: &State) -> Move {
    let name = run.dataset.name();
    let is_its_set = |loaded: &&Arc<DatasetInfo>| loaded.name == name;
    let loaded = state.dataset.as_ref().filter(is_its_set);
    match state.family().map(|family| run.dataset.task_for(family)) {
        Some(None) => return Move::GiveUp(Lack::Suited(name.to_string())),
        // It may be there for what a model of another family learns from it.
        Some(Some(task)) if loaded.is_some_and(|loaded| loaded.task == task) => return Move::Start,
        None if loaded.is_some() => return Move::Start,
        _ => {}
    }
    match &state.asked_dataset {
        Some((asked, is_lacking)) if asked == name => {
            if *is_lacking {
                Move::GiveUp(Lack::Dataset(asked.clone()))
            } else if state.is_asked(AskKind::LoadDataset) {
                Move::Wait
            } else {
                Move::LoadDataset(run.dataset.clone())
            }
        }
        _ => Move::LoadDataset(run.dataset.clone()),
    }
}

#[cfg(test)]
mod tests;
