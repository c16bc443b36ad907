//! Everything the page knows, and how each event changes it. Pure: no browser, no signals.

mod answers;
mod apply;
mod engine;
#[cfg(test)]
pub mod fixture;
mod holdings;
mod loss;
mod notice;
mod run;
mod speech;
#[cfg(test)]
mod tests;
mod tools;

pub use answers::{Answer, Answers, Slot};
pub use engine::{Engine, Failure, Loading, Progress, Status};
pub use holdings::KeptAdapter;
pub use notice::{Action, Cause, Lack, Notice, Notices, RunOnGpu, Silence};
pub use run::{Happening, Learnt, LogEntry, Phase, Run, trainable_share};
pub use speech::Beside;
pub use tools::{Bench, Generation, Plan, Verification};

use std::sync::Arc;

use crate::protocol::{
    Ask, AskKind, Command, DatasetInfo, DeviceInfo, DeviceKind, Frame, GeneralTextInfo, ModelInfo,
    RequestId, RunId, RunPlan, Until, asks,
};
use crate::settings::TrainingSettings;
use crate::ui::engine_client::watchdog::Waiting;
use crate::ui::sources::own_model::ModelSource;
use holdings::MadeWay;

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
    /// What the adapter from elsewhere has learnt that answers since the last run.
    brought: Option<Learnt>,
    /// The run that was lost with a GPU goes on from its last checkpoint as soon as that is found.
    pub goes_on: bool,
    /// Runs that made way for others; their adapters may still be on their way.
    made_way: Vec<MadeWay>,
    pub generation: Generation,
    pub verification: Verification,
    pub bench: Bench,
    /// How far the files of the encoder have come.
    pub encoder_progress: Option<Progress>,
    /// What the engine keeps of finished runs.
    pub adapters: Vec<KeptAdapter>,
    pub answers: Answers,
    pub notices: Notices,
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
            brought: None,
            goes_on: false,
            made_way: Vec::new(),
            generation: Generation::Idle,
            verification: Verification::Idle,
            bench: Bench::Idle,
            encoder_progress: None,
            adapters: Vec::new(),
            answers: Answers::default(),
            notices: Notices::default(),
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

    /// Whether a tuned model answers: what the last run made, or an adapter from elsewhere.
    pub fn has_result(&self) -> bool {
        self.brought.is_some() || self.has_runs_result()
    }

    /// Whether the last run came to its end, and the engine still has what it made as the model that answers.
    pub fn has_runs_result(&self) -> bool {
        let has_ended = self.run.as_ref().is_some_and(|run| run.summary().is_some());
        self.holds_result && has_ended && self.brought.is_none()
    }

    /// What the model that answers now has learnt: the last run's, or that of the adapter that was brought or whose head was
    /// chosen.
    pub fn learnt(&self) -> Option<&Learnt> {
        let blend = self.answer::<asks::BlendAdapters>();
        let chosen = blend.done().and_then(|blend| {
            let first = blend.parts.first()?.run_id;
            self.adapters.iter().find(|kept| kept.info.run_id == first)
        });
        let of_run = || self.run.as_ref().filter(|_| self.has_runs_result());
        chosen
            .map(|kept| &kept.learnt)
            .or(self.brought.as_ref())
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
            (Engine::Ready, _) if self.answers.waits_for(|kind| !may_take_long(kind)) => {
                Waiting::Answer
            }
            _ => Waiting::Nothing,
        }
    }

    /// Whether the engine can be asked things besides a run.
    pub fn is_idle(&self) -> bool {
        self.status() == Status::Ready
    }

    /// Whether an ask of this kind waits for its answer.
    pub fn is_asked(&self, kind: AskKind) -> bool {
        self.answers.going_id(kind).is_some()
    }

    /// Another data set will take its place.
    pub fn forget_dataset(&mut self) {
        self.dataset = None;
        self.answers.close_kind(AskKind::LoadDataset);
    }

    /// The answer to the only ask of its kind on the page.
    pub fn answer<A: Ask>(&self) -> Answer<A::Answer> {
        self.answers.get::<A>(Slot::Only)
    }

    /// Notes what is asked and gives the frame to send; the slot tells asks of one kind apart.
    pub fn ask(&mut self, slot: Slot, ask: impl Into<Command>) -> Frame<Command> {
        let command = self.in_models_words(ask.into());
        let id = self.answers.note(command.kind(), slot);
        self.holding_asked(&command);
        self.run_asked(id, &command);
        self.tool_asked(&command);
        Frame {
            request_id: Some(id),
            body: command,
        }
    }

    fn run_asked(&mut self, id: RequestId, command: &Command) {
        match (command, &mut self.run) {
            (Command::Step(_), Some(run)) => run.stepping(),
            (Command::Cancel(_), Some(run)) => run.cancelling(),
            (Command::StartRun(ask), _) => self.begin_run(id, ask.settings.clone()),
            // Whoever asks knows its settings, and sets them.
            (Command::ResumeKeptRun(_), _) => self.begin_run(id, TrainingSettings::default()),
            _ => {}
        }
    }

    fn begin_run(&mut self, id: RequestId, settings: TrainingSettings) {
        self.answers.forget(Until::NextRun, id);
        self.brought = None;
        self.goes_on = false;
        self.note_made_way();
        self.notices
            .retain(|cause| !matches!(cause, Cause::Lost { .. } | Cause::NotKept { .. }));
        let learnt = self.dataset.as_ref().map(|set| Learnt {
            dataset: set.name.clone(),
            task: set.task,
            classes: set.classes(),
            source: self.source.clone(),
        });
        self.run = Some(Run::new(id, settings, learnt.unwrap_or_default()));
    }
}

/// What the engine is silent over for long, or what is no question of the learner's.
fn may_take_long(kind: AskKind) -> bool {
    use AskKind::{
        BringAdapter, InspectData, LoadDataset, LoadEncoder, LoadGeneralText, LoadModel, Ping,
        TakeHome,
    };
    matches!(
        kind,
        BringAdapter
            | LoadModel
            | LoadDataset
            | LoadGeneralText
            | LoadEncoder
            | InspectData
            | TakeHome
            | Ping
    )
}
