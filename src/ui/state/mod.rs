//! Everything the page knows, and how each event changes it. Pure: no browser, no signals.

mod answers;
mod apply;
mod asks;
mod engine;
#[cfg(test)]
pub mod fixture;
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
pub use notice::{Action, Cause, Lack, Notice, Notices, Silence};
pub use run::{Happening, Learnt, LogEntry, Phase, Run, trainable_share};
pub use speech::Beside;

use std::sync::Arc;

use crate::protocol::{
    Command, DatasetInfo, DeviceInfo, DeviceKind, Frame, GeneralTextInfo, MOST_ADAPTERS, ModelInfo,
    RunId, RunPlan,
};
use crate::ui::engine_client::watchdog::Waiting;
use crate::ui::sources::own_model::ModelSource;

#[derive(Debug, Clone, PartialEq)]
pub struct State {
    pub engine: Engine,
    /// What was chosen, known before the engine says what it got.
    pub chosen_device: Option<DeviceKind>,
    pub device: Option<DeviceInfo>,
    // Shared, so that every part of the page can hold on to them without copying.
    pub model: Option<Arc<ModelInfo>>,
    pub dataset: Option<Arc<DatasetInfo>>,
    /// Where the model comes from that is loaded, or is on its way.
    pub source: Option<ModelSource>,
    /// With the tokens that the loaded model has it in.
    pub general_text: Option<GeneralTextInfo>,
    /// Whether the engine has the text itself, which it measures anew for each model.
    pub has_general_source: bool,
    /// The data set asked for last, and whether it could not be had.
    pub asked_dataset: Option<(String, bool)>,
    pub plan: Plan,
    /// The last run, going or ended.
    pub run: Option<Run>,
    /// Whether the engine holds what the last run made.
    holds_result: bool,
    /// Runs that made way for others; their adapters may still be on their way.
    made_way: Vec<MadeWay>,
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
            source: None,
            general_text: None,
            has_general_source: false,
            asked_dataset: None,
            plan: Plan::Unknown,
            run: None,
            holds_result: false,
            made_way: Vec::new(),
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

    /// Whether the last run came to its end and the engine still has the tuned model.
    pub fn has_result(&self) -> bool {
        let has_ended = self.run.as_ref().is_some_and(|run| run.summary().is_some());
        self.holds_result && has_ended
    }

    /// What the model that answers now has learnt: the last run's, or that of the adapter whose head was chosen.
    pub fn learnt(&self) -> Option<&Learnt> {
        let voice = self.insights.blend.done();
        let chosen = voice.and_then(|voice| {
            let first = voice.parts.first()?.run_id;
            let all = &self.insights.adapters;
            all.iter().find(|kept| kept.info.run_id == first)
        });
        let of_run = || self.run.as_ref().filter(|_| self.has_result());
        chosen
            .map(|kept| &kept.learnt)
            .or_else(|| of_run().map(|run| &run.learnt))
    }

    /// Whether a run could start now.
    pub fn can_start_run(&self) -> bool {
        self.status() == Status::Ready && self.model.is_some() && self.dataset.is_some()
    }

    /// What the learner waits for, of those things that the engine never falls silent over for long.
    pub fn awaited(&self) -> Waiting {
        let run = self.run.as_ref().filter(|run| run.is_going());
        match (&self.engine, run) {
            (_, Some(run)) if run.is_cancelling() => Waiting::Cancel,
            (Engine::Ready, Some(run)) if run.is_awaited() => Waiting::Run,
            (Engine::Ready, _) if self.has_open_question() => Waiting::Answer,
            _ => Waiting::Nothing,
        }
    }

    fn has_open_question(&self) -> bool {
        self.asks.is_open(Subject::RunControl)
            || matches!(self.generation, Generation::Going { .. })
            || matches!(self.verification, Verification::Going { .. })
            || self.insights.is_waiting()
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
            Command::LoadDataset { name, .. } => self.asked_dataset = Some((name.clone(), false)),
            Command::Step { .. } => self.with_run(Run::stepping),
            Command::Cancel { .. } => self.with_run(Run::cancelling),
            Command::StartRun { settings, .. } => {
                self.insights.forget_tuned();
                self.note_made_way();
                self.notices
                    .retain(|cause| !matches!(cause, Cause::Lost { .. }));
                let learnt = self.dataset.as_ref().map(|set| Learnt {
                    dataset: set.name.clone(),
                    task: set.task,
                    source: self.source.clone(),
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

    fn with_run(&mut self, change: fn(&mut Run)) {
        if let Some(run) = &mut self.run {
            change(run);
        }
    }

    /// The run at hand makes way for another.
    fn note_made_way(&mut self) {
        let run = self.run.as_ref();
        let Some((run, run_id)) = run.and_then(|run| Some((run, run.id?))) else {
            return;
        };
        self.made_way.push(MadeWay {
            run_id,
            learnt: run.learnt.clone(),
            learning_rate: run.settings.learning_rate,
        });
        let excess = self.made_way.len().saturating_sub(MOST_ADAPTERS);
        self.made_way.drain(..excess);
    }
}

/// As much of a run as its adapter is shown with.
#[derive(Debug, Clone, PartialEq)]
struct MadeWay {
    run_id: RunId,
    learnt: Learnt,
    learning_rate: f64,
}
