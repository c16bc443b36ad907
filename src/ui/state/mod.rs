//! Everything the page knows, and how each event changes it. Pure: no browser, no signals.

mod answers;
mod apply;
mod asks;
mod engine;
mod notice;
mod run;
mod speech;
#[cfg(test)]
mod tests;

pub use answers::{
    Answer, Bench, Classified, Generation, Insights, KeptAdapter, Located, Plan, Tagged,
    Verification,
};
pub use asks::{Asks, Subject};
pub use engine::{Engine, Failure, Loading, Progress, Status};
pub use notice::{Action, Cause, Notice, Notices};
pub use run::{Happening, Learnt, LogEntry, Phase, Run, trainable_share};
pub use speech::Beside;

use std::sync::Arc;

use crate::protocol::{
    Command, DatasetInfo, DeviceInfo, DeviceKind, Frame, GeneralTextInfo, ModelInfo, RunPlan,
};

#[derive(Debug, Clone, PartialEq)]
pub struct State {
    pub engine: Engine,
    /// What was chosen, known before the engine says what it got.
    pub chosen_device: Option<DeviceKind>,
    pub device: Option<DeviceInfo>,
    // Shared, so that every part of the page can hold on to them without copying.
    pub model: Option<Arc<ModelInfo>>,
    pub dataset: Option<Arc<DatasetInfo>>,
    pub general_text: Option<GeneralTextInfo>,
    pub plan: Plan,
    /// The last run, going or ended.
    pub run: Option<Run>,
    pub generation: Generation,
    pub verification: Verification,
    pub bench: Bench,
    pub insights: Insights,
    pub notices: Notices,
    asks: Asks,
}

impl Default for State {
    fn default() -> Self {
        Self {
            engine: Engine::Loading {
                what: Loading::Device,
                progress: None,
            },
            chosen_device: None,
            device: None,
            model: None,
            dataset: None,
            general_text: None,
            plan: Plan::Unknown,
            run: None,
            generation: Generation::Idle,
            verification: Verification::Idle,
            bench: Bench::Idle,
            insights: Insights::default(),
            notices: Notices::default(),
            asks: Asks::default(),
        }
    }
}

impl State {
    /// The one word for where things stand.
    pub fn status(&self) -> Status {
        match (&self.engine, &self.run) {
            (Engine::Loading { .. }, _) => Status::Loading,
            (Engine::Failed(_), _) => Status::Failed,
            (Engine::Ready, Some(run)) if run.is_paused() => Status::Paused,
            (Engine::Ready, Some(run)) if run.is_going() => Status::Training,
            (Engine::Ready, _) => Status::Ready,
        }
    }

    /// The plan of the settings on the page, once the engine has made it.
    pub fn current_plan(&self) -> Option<&Arc<RunPlan>> {
        match &self.plan {
            Plan::Known(plan) => Some(plan),
            Plan::Unknown | Plan::Refused(_) => None,
        }
    }

    /// Whether the last run came to its end, so that there is a tuned model.
    pub fn has_result(&self) -> bool {
        self.run.as_ref().is_some_and(|run| run.summary().is_some())
    }

    /// What the model that answers now has learnt: the last run's, or that of the adapter whose head was chosen.
    pub fn learnt(&self) -> Option<&Learnt> {
        let voice = self.insights.blend.done();
        let chosen = voice.and_then(|voice| {
            let first = voice.parts.first()?.run_id;
            let all = &self.insights.adapters;
            all.iter().find(|kept| kept.info.run_id == first)
        });
        let of_run = || self.run.as_ref().filter(|run| run.summary().is_some());
        chosen
            .map(|kept| &kept.learnt)
            .or_else(|| of_run().map(|run| &run.learnt))
    }

    /// Whether a run could start now.
    pub fn can_start_run(&self) -> bool {
        self.status() == Status::Ready && self.model.is_some() && self.dataset.is_some()
    }

    /// Whether the engine can be asked things besides a run.
    pub fn is_idle(&self) -> bool {
        self.status() == Status::Ready
    }

    pub fn is_asked(&self, subject: Subject) -> bool {
        self.asks.is_open(subject)
    }

    /// Another data set will take its place.
    pub fn forget_dataset(&mut self) {
        self.dataset = None;
        self.asks.close(Subject::Dataset);
    }

    /// Notes what is asked and gives the frame to send. The subject is the command's own, or a place of its own for
    /// a question beside others of its kind.
    pub fn ask_about(&mut self, subject: Subject, command: Command) -> Frame<Command> {
        let command = self.in_models_words(command);
        let id = self.asks.note(subject);
        self.insights.ask(subject);
        match &command {
            Command::LoadModel { .. } | Command::LoadModelFiles { .. } => {
                self.model = None;
                self.plan = Plan::Unknown;
                self.engine = Engine::Loading {
                    what: Loading::File("config.json".into()),
                    progress: None,
                };
            }
            Command::StartRun { settings, .. } => {
                self.insights.forget_tuned();
                let learnt = self.dataset.as_ref().map(|set| Learnt {
                    dataset: set.name.clone(),
                    task: set.task,
                });
                let learnt = learnt.unwrap_or_default();
                self.run = Some(Run::new(id, settings.clone(), learnt));
            }
            Command::Generate { prompt, .. } => {
                self.generation = Generation::Going {
                    prompt: prompt.clone(),
                    text: String::new(),
                };
            }
            Command::Verify { .. } => {
                self.verification = Verification::Going { rows: Vec::new() };
            }
            Command::Bench { .. } => self.bench = Bench::Going,
            _ => {}
        }
        Frame {
            request_id: Some(id),
            body: command,
        }
    }
}
