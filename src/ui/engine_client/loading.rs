//! Which model, data and text the engine is asked for, and when.

use leptos::prelude::*;

use super::EngineClient;
use crate::protocol::{AskKind, DataChoice, ModelPlace, NamedUrl, Reading, asks};
use crate::settings::{Family, Task};
use crate::ui::browser::place;
use crate::ui::pages::routes::Route;
use crate::ui::sources::datasets::DataSource;
use crate::ui::sources::own_model::{ModelSource, OwnModel};
use crate::ui::sources::shipped_models::{sha256_of, usual_model};
use crate::ui::state::{Cause, Engine, Run, State};
use crate::ui::{ENCODER, GENERAL_TEXT};

impl EngineClient {
    /// Asks for model and data, where the page shown works with them and they have not been asked for.
    pub fn load_what_is_needed(self) {
        let is_needed = self.route.with_untracked(Route::needs_model);
        let wanted = self.wanted_dataset();
        let model = self.wanted_model();
        let (is_up, has_model, has_data, has_text) = self.state.with_untracked(|state| {
            // A run holds on to what it began with.
            let is_running = state.run.as_ref().is_some_and(Run::is_going);
            let is_up = state.device.is_some() && state.engine == Engine::Ready && !is_running;
            let loaded = state.dataset.as_ref();
            let is_loaded = loaded.is_some_and(|data| data.name == wanted.name());
            (
                is_up,
                state.model.is_some() && state.source.as_ref() == Some(&model),
                (is_loaded && has_its_task(&wanted, state)) || state.is_asked(AskKind::LoadDataset),
                state.has_general_source || state.is_asked(AskKind::LoadGeneralText),
            )
        });
        if !is_needed || !is_up {
            return;
        }
        if !has_model {
            self.load_model();
        }
        if !has_data {
            self.state.update(State::forget_dataset);
            self.load_dataset();
        }
        if has_model && !has_text {
            self.load_general_text();
        }
    }

    pub fn load_model(self) {
        self.state.update(|state| {
            state.notices.retain(|cause| {
                !matches!(
                    cause,
                    Cause::Ask {
                        kind: Some(AskKind::LoadModel),
                        ..
                    }
                )
            });
        });
        let source = self.wanted_model();
        self.state
            .update(|state| state.source = Some(source.clone()));
        let (name, place) = self.place_of(source);
        self.ask(asks::LoadModel { name, place });
    }

    /// The name of a model, and where its files lie.
    fn place_of(self, source: ModelSource) -> (String, ModelPlace) {
        match source {
            ModelSource::Own(OwnModel::Folder { name, base_url }) => {
                let (url, sha256) = (base_url, None);
                (name, ModelPlace::Folder { url, sha256 })
            }
            ModelSource::Own(OwnModel::Files { name, files }) => (name, ModelPlace::Files(files)),
            ModelSource::Shipped(name) => {
                let url = place::absolute(&format!("models/{name}/"));
                let sha256 = self.sha256_of(&name);
                (name, ModelPlace::Folder { url, sha256 })
            }
        }
    }

    fn sha256_of(self, name: &str) -> Option<String> {
        self.extras.with_untracked(|extras| sha256_of(name, extras))
    }

    /// Loads a model of the learner's own, now and after a restart.
    pub fn load_own_model(self, model: OwnModel) {
        self.own_model.set_value(Some(model));
        self.lent_model.set_value(None);
        self.load_model();
    }

    /// The model that runs are waiting for, else the one that the page works with.
    fn wanted_model(self) -> ModelSource {
        let lent = self.lent_model.get_value();
        lent.unwrap_or_else(|| self.chosen_model())
    }

    /// Steps that a run makes at most, where the address says.
    pub fn most_steps(self) -> Option<usize> {
        self.wishes.with_value(|wishes| wishes.most_steps)
    }

    /// The model that the page works with, whatever runs that wait are made with.
    pub fn chosen_model(self) -> ModelSource {
        match self.own_model.get_value() {
            Some(own) => ModelSource::Own(own),
            None => ModelSource::Shipped(self.model_name()),
        }
    }

    /// Loads a model for as long as runs that wait are to be made with it.
    pub fn lend_model(self, source: ModelSource) {
        self.lent_model.set_value(Some(source));
        self.load_model();
    }

    /// Stories that no run trains on, to measure what it forgets.
    fn load_general_text(self) {
        self.ask(asks::LoadGeneralText {
            name: GENERAL_TEXT.to_string(),
            url: place::absolute(&format!("data/{GENERAL_TEXT}.txt")),
            passages_url: Some(place::absolute("data/passages.jsonl")),
        });
    }

    /// Fetches the BERT that stands beside the base.
    pub fn load_encoder(self) {
        let (name, place) = self.place_of(ModelSource::Shipped(ENCODER.to_string()));
        self.ask(asks::LoadEncoder { name, place });
    }

    /// A lesson about this model is open, or one that goes with any.
    pub fn suit_lesson(self, model: Option<&'static str>) {
        self.lesson_model.set_value(model);
        self.load_what_is_needed();
    }

    pub fn load_shipped_model(self) {
        self.load_shipped(None);
    }

    /// Loads one of the models under `models/`, or the one that suits the device, now and after a restart.
    pub fn load_shipped(self, name: Option<&str>) {
        let name = name.map(str::to_string);
        self.wishes.update_value(|wishes| wishes.model = name);
        self.own_model.set_value(None);
        self.lent_model.set_value(None);
        self.load_model();
    }

    /// The data set that runs are waiting for, else the one that the page wishes for.
    fn wanted_dataset(self) -> DataSource {
        let lent = self.lent_dataset.get_value();
        lent.unwrap_or_else(|| self.wishes.with_value(|wishes| wishes.dataset.clone()))
    }

    /// Holds on to a data set while runs that wait are to be made with it.
    pub fn lend_dataset(self, source: &DataSource) {
        self.lent_dataset.set_value(Some(source.clone()));
    }

    /// No run needs another model or data set than the page any more.
    pub fn take_back(self) {
        let chosen = self.chosen_model();
        let lent = self.lent_model.get_value();
        self.lent_model.set_value(None);
        if lent.is_some_and(|lent| lent != chosen) {
            self.load_model();
        }
        if self.lent_dataset.with_value(Option::is_some) {
            self.lent_dataset.set_value(None);
            self.load_what_is_needed();
        }
    }

    /// The data set that is wanted now.
    pub fn load_dataset(self) {
        let source = self.wanted_dataset();
        let Some(task) = self.state.with_untracked(|state| task_for(&source, state)) else {
            return;
        };
        let name = source.name().to_string();
        let (url, reading) = match &source {
            DataSource::Shipped(set) => (place::absolute(&set.file()), Reading::OfTask(task)),
            DataSource::Own(own) => {
                let NamedUrl { name: file, url } = own.report.file.clone();
                let choice = DataChoice {
                    task: Some(task),
                    ..own.report.choice.clone()
                };
                (url, Reading::Chosen { file, choice })
            }
        };
        self.ask(asks::LoadDataset { name, url, reading });
    }

    /// Wishes for a data set, and loads it if the page works with one and has another; after the run, while one is
    /// going.
    pub fn use_dataset(self, source: DataSource) {
        let is_new = self.wishes.with_value(|wishes| wishes.dataset != source);
        if !is_new {
            return;
        }
        self.wishes.update_value(|wishes| wishes.dataset = source);
        let is_running = |state: &State| state.run.as_ref().is_some_and(Run::is_going);
        if self.state.with_untracked(is_running) || self.lent_dataset.with_value(Option::is_some) {
            return;
        }
        self.state.update(State::forget_dataset);
        self.load_what_is_needed();
    }

    pub fn model_name(self) -> String {
        let device = self.state.with_untracked(|state| state.chosen_device);
        let wished = self.wishes.with_value(|wishes| wishes.model.clone());
        let of_lesson = || self.lesson_model.get_value();
        wished.unwrap_or_else(|| of_lesson().unwrap_or(usual_model(device)).to_string())
    }
}

/// What the loaded model learns from a set; `None` where that is not known before there is one, or nothing.
fn task_for(set: &DataSource, state: &State) -> Option<Task> {
    match state.family() {
        Some(family) => set.task_for(family),
        None => {
            let tasks = Family::ALL.map(|family| set.task_for(family));
            tasks
                .iter()
                .all(|task| *task == tasks[0])
                .then_some(set.task())
        }
    }
}

/// Whether the loaded set is there for what the loaded model learns from it.
fn has_its_task(set: &DataSource, state: &State) -> bool {
    let is_its = |task| {
        state
            .dataset
            .as_ref()
            .is_none_or(|loaded| loaded.task == task)
    };
    task_for(set, state).is_none_or(is_its)
}
