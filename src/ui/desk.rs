//! What every widget may reach: the state, the settings form, the guess, and the intents.

use std::sync::Arc;

use leptos::prelude::*;

use super::browser::place;
use super::draft::Draft;
use super::engine_client::EngineClient;
use super::guess::Guess;
use super::learner::{Progress, RunRecord, RunTag, Shelf};
use super::routes::Route;
use super::state::{Action, Cause, State, Subject};
use super::{EVALUATIONS_PER_RUN, SAMPLE_PROMPT, SAMPLE_TOKENS};
use crate::protocol::{Command, RunId, RunOptions, RunPlan};
use crate::settings::TrainingSettings;

#[derive(Clone, Copy)]
pub struct Desk {
    pub state: RwSignal<State>,
    pub client: EngineClient,
    pub draft: RwSignal<Draft>,
    pub guess: RwSignal<Guess>,
    pub route: RwSignal<Route>,
    /// Answers given; kept in the browser.
    pub progress: RwSignal<Progress>,
    /// Runs made; kept in the browser.
    pub shelf: RwSignal<Shelf>,
    /// Runs recorded by us for the lesson that is open.
    pub recorded: RwSignal<Vec<RunRecord>>,
    /// Runs that wait for the engine, the next one first.
    pub queue: RwSignal<Vec<QueuedRun>>,
}

/// A run that starts when the engine is free.
#[derive(Debug, Clone, PartialEq)]
pub struct QueuedRun {
    pub tag: RunTag,
    pub settings: TrainingSettings,
}

/// How often a run of a set looks at the validation split: it is made to be compared, not to be watched.
const EVALUATIONS_IN_SET: usize = 3;

/// The desk of the page that is shown.
pub fn use_desk() -> Desk {
    expect_context::<Desk>()
}

impl Desk {
    /// A part of the state; what hangs on it is redrawn when that part changes.
    pub fn watch<T>(self, part: impl Fn(&State) -> T + Send + Sync + 'static) -> Memo<T>
    where
        T: PartialEq + Send + Sync + 'static,
    {
        Memo::new(move |_| self.state.with(&part))
    }

    pub fn start_run(self, start_paused: bool) {
        let settings = self.draft.with_untracked(Draft::settings);
        let mut tag = RunTag::default();
        if let Route::Lesson(lesson) = self.route.get_untracked() {
            self.guess.update(|guess| guess.is_locked = true);
            tag.lesson = lesson;
        }
        self.start(tag, settings, EVALUATIONS_PER_RUN, start_paused);
    }

    fn start(
        self,
        tag: RunTag,
        settings: TrainingSettings,
        evaluations: usize,
        start_paused: bool,
    ) {
        self.client.send(Command::StartRun {
            options: RunOptions {
                evaluate_every_steps: (settings.total_steps / evaluations).max(1),
                sample_prompt: SAMPLE_PROMPT.to_string(),
                sample_tokens: SAMPLE_TOKENS,
                start_paused,
            },
            settings,
        });
        self.state.update(|state| {
            if let Some(run) = &mut state.run {
                run.tag = tag;
            }
        });
    }

    /// Starts the next of the runs that wait.
    pub fn start_next(self) {
        let next = self
            .queue
            .try_update(|queue| (!queue.is_empty()).then(|| queue.remove(0)))
            .flatten();
        if let Some(QueuedRun { tag, settings }) = next {
            self.start(tag, settings, EVALUATIONS_IN_SET, false);
        }
    }

    /// Sends a command about the run that is going.
    pub fn steer(self, command: fn(RunId) -> Command) {
        let run_id = self
            .state
            .with_untracked(|state| state.run.as_ref().and_then(|run| run.id));
        if let Some(run_id) = run_id {
            self.client.send(command(run_id));
        }
    }

    /// The plan to show: of the run while one is going, else of the settings, else of the run that ended.
    pub fn plan(self) -> Memo<Option<Arc<RunPlan>>> {
        self.watch(|state| shown_plan(state).cloned())
    }

    /// Does what a notice's button says.
    pub fn act(self, action: Action) {
        match action {
            Action::Restart => self.client.restart(),
            Action::Reload => place::reload(),
            Action::LoadModelAgain => self.client.load_model(),
            Action::UseShippedModel => self.client.load_shipped_model(),
            Action::LoadDataAgain => {
                self.forget_trouble_with(Subject::Dataset);
                self.client.load_dataset();
            }
            Action::UseDefaults => {
                self.draft.set(Draft::default());
                self.state.update(|state| {
                    state
                        .notices
                        .retain(|cause| !matches!(cause, Cause::Address(_) | Cause::Run(_)));
                });
            }
        }
    }

    fn forget_trouble_with(self, gone: Subject) {
        self.state.update(|state| {
            state.notices.retain(
                |cause| !matches!(cause, Cause::Ask { subject: Some(subject), .. } if *subject == gone),
            );
        });
    }
}

fn shown_plan(state: &State) -> Option<&Arc<RunPlan>> {
    let of_run = state.run.as_ref().and_then(|run| run.plan.as_ref());
    let is_going = state.run.as_ref().is_some_and(|run| run.is_going());
    if is_going {
        of_run
    } else {
        state.current_plan().or(of_run)
    }
}
