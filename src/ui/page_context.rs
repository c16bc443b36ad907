//! What every widget may reach: the state, the settings form, the guess, and the intents.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::protocol::{Ask, AskKind, RunId, RunOptions, RunPlan, Split, asks};
use crate::ui::browser::{clock, kept_files, place};
use crate::ui::draft::Draft;
use crate::ui::engine_client::EngineClient;
use crate::ui::learner::guess::Guess;
use crate::ui::learner::{ChapterProgress, LabRuns, RunHistory, RunRecord, RunTag};
use crate::ui::pages::routes::Route;
use crate::ui::queue::kept::KeptNote;
use crate::ui::queue::{Move, Queue, QueuedRun};
use crate::ui::series::Series;
use crate::ui::sources::kept_data::KeptData;
use crate::ui::state::{Action, Cause, Run, State};
use crate::ui::text::run::sample_prompt;
use crate::ui::{EVALUATIONS_PER_RUN, SAMPLE_TOKENS};

#[derive(Clone, Copy)]
pub struct PageContext {
    pub state: RwSignal<State>,
    pub client: EngineClient,
    pub draft: RwSignal<Draft>,
    pub guess: RwSignal<Guess>,
    pub route: RwSignal<Route>,
    /// Answers given; kept in the browser.
    pub progress: RwSignal<ChapterProgress>,
    /// Runs made; kept in the browser.
    pub history: RwSignal<RunHistory>,
    /// Runs recorded by us for the lesson that is open.
    pub recorded: RwSignal<Vec<RunRecord>>,
    /// What tells the model at hand from all others.
    pub base: Memo<Option<String>>,
    /// Runs that wait for the engine.
    pub queue: RwSignal<Queue>,
    /// The lab's runs; kept in the browser.
    pub lab_runs: RwSignal<LabRuns>,
    /// The learner's own file that the browser keeps.
    pub kept_data: RwSignal<Option<KeptData>>,
    /// Where this page has that file; empty where it has not.
    pub data_url: StoredValue<String>,
    /// The lab's own data could not be kept.
    pub data_is_lost: RwSignal<bool>,
    /// Whether the browser has been asked to keep what it keeps.
    pub has_asked_to_persist: StoredValue<bool>,
}

/// How often a run of a set looks at the validation split: it is made to be compared, not to be watched.
const EVALUATIONS_IN_SET: usize = 3;

/// The context of the page that is shown.
pub fn use_page() -> PageContext {
    expect_context::<PageContext>()
}

impl PageContext {
    /// A part of the state; what hangs on it is redrawn when that part changes.
    pub fn watch<T>(self, part: impl Fn(&State) -> T + Send + Sync + 'static) -> Memo<T>
    where
        T: PartialEq + Send + Sync + 'static,
    {
        Memo::new(move |_| self.state.with(&part))
    }

    /// Changes the form in an effect that follows it; tells those who watch it only where something is another.
    pub fn revise_draft<T>(self, change: impl FnOnce(&mut Draft) -> T) -> T {
        let mut draft = self.draft.get();
        let told = change(&mut draft);
        if self.draft.with_untracked(|shown| *shown != draft) {
            self.draft.set(draft);
        }
        told
    }

    /// Starts a run with the settings of the form.
    pub fn start_run(self, start_paused: bool) {
        let mut tag = RunTag::default();
        if let Route::Lesson(lesson) = self.route.get_untracked() {
            self.guess.update(|guess| guess.is_locked = true);
            tag.lesson = lesson;
        }
        let run = self.draft.with_untracked(|draft| QueuedRun {
            evaluations: EVALUATIONS_PER_RUN,
            start_paused,
            ..self.in_set(tag, draft)
        });
        self.queue.update(|queue| queue.put_first(run));
    }

    /// A run of a set, to be made with the model that the page works with.
    pub fn in_set(self, tag: RunTag, draft: &Draft) -> QueuedRun {
        QueuedRun {
            tag,
            settings: draft.settings(),
            evaluations: EVALUATIONS_IN_SET,
            start_paused: false,
            resumes: false,
            dataset: draft.dataset.clone(),
            model: self.client.chosen_model(),
        }
    }

    /// Runs of the lab that are asked for together wait behind those that wait already.
    pub fn queue_series(self, series: Series) {
        let mut waiting = Vec::new();
        for group in series.groups {
            let number = self
                .lab_runs
                .try_update(|runs| runs.new_group(group.name, group.is_open));
            let tag = RunTag {
                group: number,
                ..RunTag::default()
            };
            let runs = group.runs.iter().map(|draft| self.in_set(tag, draft));
            waiting.extend(runs);
        }
        self.queue.update(|queue| queue.append(waiting));
    }

    /// The split whose scores the page shows of the last run. A run of the lab is chosen by validation, and its test split
    /// stays sealed until the learner opens it.
    pub fn shown_split(self) -> Memo<Split> {
        Memo::new(move |_| {
            let sealed = self.state.with(|state| {
                let run = state.run.as_ref().filter(|run| run.tag.is_of_the_lab())?;
                Some(run.request_id)
            });
            match sealed {
                Some(id) if !self.lab_runs.with(|runs| runs.is_open(id)) => Split::Validation,
                _ => Split::Test,
            }
        })
    }

    /// Brings the next of the runs that wait a step nearer to its start.
    pub fn move_on(self, next: Move) {
        match next {
            Move::Wait => {
                let is_going = |state: &State| state.run.as_ref().is_some_and(Run::is_going);
                let is_idle = !self.state.with_untracked(is_going);
                if is_idle
                    && self
                        .queue
                        .with_untracked(|queue| queue.waiting().is_empty())
                {
                    self.client.take_back();
                }
            }
            Move::LoadModel(source) => self.client.lend_model(source),
            Move::LoadDataset(source) => {
                self.client.lend_dataset(&source);
                self.state.update(State::forget_dataset);
                self.client.load_dataset();
            }
            Move::Start => self.start_next(),
            Move::GiveUp(lack) => {
                let gone = self.queue.try_update(|queue| queue.give_up(&lack));
                let runs = gone.unwrap_or_default();
                self.state
                    .update(|state| state.notices.add(Cause::NotStarted { runs, lack }));
            }
        }
    }

    fn start_next(self) {
        let Some(mut run) = self.queue.try_update(Queue::begin).flatten() else {
            return;
        };
        self.client.lend_dataset(&run.dataset);
        if run.resumes {
            self.client.ask(asks::ResumeKeptRun {});
            self.state.update(|state| {
                if let Some(resumed) = &mut state.run {
                    resumed.settings = run.settings;
                }
            });
            return;
        }
        if let Some(most) = self.client.most_steps() {
            run.settings = run.settings.cut_to(most);
        }
        // The lab's runs are kept: those of a lesson are short, and begin with a guess.
        let note = || KeptNote::of(&run, clock::now_millis()).text();
        let kept_as = run.tag.lesson.is_empty().then(note);
        let sample_prompt = sample_prompt(run.dataset.name()).to_string();
        self.client.ask(asks::StartRun {
            settings: run.settings,
            options: RunOptions {
                evaluations: run.evaluations,
                // A lesson tells of the test split alone.
                judges_validation: run.tag.is_of_the_lab(),
                sample_prompt,
                sample_tokens: SAMPLE_TOKENS,
                start_paused: run.start_paused,
                kept_as,
            },
        });
        self.state.update(|state| {
            if let Some(started) = &mut state.run {
                started.tag = run.tag;
            }
        });
    }

    /// Ends the run that is going; the next one of the set may follow.
    pub fn cancel_run(self) {
        // Without an id the engine has not heard of it yet, and is told when it has.
        self.state.update(|state| {
            if let Some(run) = state.run.as_mut().filter(|run| run.is_going()) {
                run.cancelling();
            }
        });
        self.steer(|run_id| asks::Cancel { run_id });
    }

    /// Ends the run that is going, and those that wait do not follow.
    pub fn cancel_all(self) {
        self.queue.update(Queue::clear);
        self.cancel_run();
    }

    /// Asks something of the run that is going.
    pub fn steer<A: Ask>(self, ask: fn(RunId) -> A) {
        let run_id = self
            .state
            .with_untracked(|state| state.run.as_ref().and_then(|run| run.id));
        if let Some(run_id) = run_id {
            self.client.ask(ask(run_id));
        }
    }

    /// The plan to show: of the run while one is going, else of the settings, else of the run that ended.
    pub fn plan(self) -> Memo<Option<Arc<RunPlan>>> {
        self.watch(|state| shown_plan(state).cloned())
    }

    /// Asks the browser, once, not to throw away what it keeps when room runs short. It may ask the learner.
    pub fn ask_to_persist(self) {
        if !self.has_asked_to_persist.get_value() {
            self.has_asked_to_persist.set_value(true);
            spawn_local(async {
                // Where it does not agree, all is kept until room runs short.
                let _ = kept_files::persist().await;
            });
        }
    }

    /// Does what a notice's button says.
    pub fn act(self, action: Action) {
        match action {
            Action::Restart => self.client.restart(),
            Action::RunAnew => self.queue.update(Queue::put_back),
            Action::RestartAndRunAnew => {
                self.queue.update(Queue::put_back);
                self.client.restart();
            }
            Action::Reload => place::reload(),
            Action::LoadModelAgain => self.client.load_model(),
            Action::UseShippedModel => self.client.load_shipped_model(),
            Action::LoadDataAgain => {
                self.forget_trouble_with(AskKind::LoadDataset);
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

    fn forget_trouble_with(self, gone: AskKind) {
        self.state.update(|state| {
            state.notices.retain(
                |cause| !matches!(cause, Cause::Ask { kind: Some(kind), .. } if *kind == gone),
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
