//! Runs: what one would train, its start, its units of work, and what the page may do with it on the way.

use std::cell::RefCell;

use super::*;
use crate::engine::checkpoint::Checkpoint;
use crate::engine::helpers::Job;
use crate::engine::run::{Setup, planned};
use crate::faults::{RunError, Wish};
use crate::io::safetensors::ByteSource;
use crate::protocol::{RunOptions, RunPlan, RunStart};
use crate::settings::{Task, TrainingSettings};

/// The page as a run sees it.
pub(super) struct Page<'a, H> {
    host: &'a H,
    request_id: Option<RequestId>,
    /// Why something could not be told.
    trouble: RefCell<Option<EngineError>>,
}

impl<'a, H> Page<'a, H> {
    pub(super) fn new(host: &'a H, request_id: Option<RequestId>) -> Self {
        Self {
            host,
            request_id,
            trouble: RefCell::default(),
        }
    }

    /// What became of a unit of work, which has failed where it could not be told of.
    pub(super) fn judge<T>(self, outcome: Result<T, EngineError>) -> Result<T, EngineError> {
        match self.trouble.into_inner() {
            Some(error) => Err(error),
            None => outcome,
        }
    }
}

impl<H: Host> Watcher for Page<'_, H> {
    fn now_millis(&self) -> f64 {
        self.host.now_millis()
    }

    fn tell(&self, body: Event) {
        let request_id = self.request_id;
        if let Err(error) = self.host.send(Frame { request_id, body }) {
            self.trouble.borrow_mut().get_or_insert(error);
        }
    }

    fn peak_memory_bytes(&self) -> Option<u64> {
        self.host.peak_memory_bytes()
    }
}

impl<H: Host> Answers<asks::PlanRun> for Server<H> {
    async fn answer(
        &mut self,
        ask: asks::PlanRun,
        _id: Option<RequestId>,
    ) -> Result<Outcome<RunPlan>, EngineError> {
        let settings = TrainingSettings {
            strategy: ask.strategy,
            ..TrainingSettings::default()
        };
        if let Some(problem) = settings.problem() {
            return Err(EngineError::new(ErrorKind::Settings, problem));
        }
        let shape = match &self.dataset {
            Some(dataset) => (dataset.task(), dataset.labels().len()),
            None => (Task::SequenceClassification, 2),
        };
        let base = self.base()?;
        let settings = TrainingSettings {
            strategy: settings.strategy.in_words_of(base.family()),
            ..settings
        };
        Ok(planned(&base.model, shape, &settings)?.into())
    }
}

impl<H: Host> Answers<asks::StartRun> for Server<H> {
    async fn answer(
        &mut self,
        asks::StartRun { settings, options }: asks::StartRun,
        id: Option<RequestId>,
    ) -> Result<Outcome<RunStart>, EngineError> {
        self.refuse_while_running(Wish::StartRun)?;
        let note = options.kept_as.clone();
        let start = self.begin(settings, options, None, id)?;
        self.keep_from_now(note, 0).await;
        Ok(start.into())
    }
}

impl<H: Host> Answers<asks::Pause> for Server<H> {
    /// Pauses once everything about the steps made so far has been told.
    async fn answer(
        &mut self,
        asks::Pause { run_id }: asks::Pause,
        id: Option<RequestId>,
    ) -> Result<Outcome<()>, EngineError> {
        let request_id = self.run_request;
        self.run(run_id)?.pause();
        let (Some(run), host) = (&mut self.run, &self.host) else {
            return Ok(().into());
        };
        let page = Page::new(host, request_id);
        let settled = run.settle(&page).await;
        match page.judge(settled) {
            Ok(()) => {
                let step = run.step();
                self.tell(id, Event::RunPaused { run_id, step });
                self.keep_if_due().await;
            }
            Err(error) => self.fail_run(error),
        }
        Ok(().into())
    }
}

impl<H: Host> Answers<asks::Resume> for Server<H> {
    async fn answer(
        &mut self,
        asks::Resume { run_id }: asks::Resume,
        id: Option<RequestId>,
    ) -> Result<Outcome<()>, EngineError> {
        self.run(run_id)?.resume();
        self.tell(id, Event::RunResumed { run_id });
        Ok(().into())
    }
}

impl<H: Host> Answers<asks::Step> for Server<H> {
    async fn answer(
        &mut self,
        asks::Step { run_id }: asks::Step,
        _id: Option<RequestId>,
    ) -> Result<Outcome<()>, EngineError> {
        self.run(run_id)?.step_once();
        Ok(().into())
    }
}

impl<H: Host> Answers<asks::Cancel> for Server<H> {
    async fn answer(
        &mut self,
        asks::Cancel { run_id }: asks::Cancel,
        id: Option<RequestId>,
    ) -> Result<Outcome<()>, EngineError> {
        let step = self.run(run_id)?.step();
        self.run = None;
        self.let_go().await;
        self.tell(id, Event::RunCancelled { run_id, step });
        Ok(().into())
    }
}

impl<H: Host> Server<H> {
    /// A run on what is loaded, from its beginning or from a checkpoint.
    pub(super) fn begin(
        &mut self,
        settings: TrainingSettings,
        options: RunOptions,
        resumes: Option<Box<Checkpoint>>,
        id: Option<RequestId>,
    ) -> Result<RunStart, EngineError> {
        let base = self.base()?;
        let setup = Setup {
            rehearsal_texts: self.rehearsal_texts(base, &settings)?,
            base,
            rows: Rc::clone(self.dataset()?),
            settings,
            is_kept: options.kept_as.is_some(),
            options,
            general: self.general.clone(),
            keeps_head: false,
            only_trains: false,
            known: self.beginning.clone(),
            resumes,
        };
        let run_id = RunId(self.next_run);
        let page = Page::new(&self.host, id);
        let (run, plan) = setup.run(run_id, &page)?;
        self.next_run += 1;
        let total_steps = run.settings().total_steps;
        self.call_helpers(run.job());
        self.run = Some(run);
        self.run_request = id;
        Ok(RunStart {
            run_id,
            plan,
            total_steps,
        })
    }

    /// One unit of the run's work.
    pub(super) async fn advance_run(&mut self) {
        let (Some(run), Some(base)) = (&mut self.run, &self.base) else {
            return;
        };
        let page = Page::new(&self.host, self.run_request);
        let advanced = run.advance(base, &mut self.crew, &page).await;
        if let Some(beginning) = run.take_beginning() {
            self.beginning = Some(beginning);
        }
        match page.judge(advanced) {
            Ok(Progress::Going) => self.keep_if_due().await,
            Ok(Progress::Over) => {
                if let Some(run) = self.run.take() {
                    self.keep(&run);
                    self.let_go().await;
                }
            }
            Err(error) => {
                // Whoever diverged would diverge again; a lost device leaves a run to go on with.
                if error.kind == ErrorKind::Diverged {
                    self.let_go().await;
                }
                self.fail_run(error);
            }
        }
    }

    /// Lets helpers get ready for a run, as many as the place has; they are waited for when they are first needed.
    fn call_helpers(&mut self, job: Job) {
        let (Some(base), Some(weights)) = (&self.base, &self.weights) else {
            return;
        };
        let wanted = self.host.helpers_wanted(weights.len());
        self.crew.enlist(wanted, || self.host.start_helper());
        self.crew.prepare(&base.config.json(), weights, job);
    }

    pub(super) fn fail_run(&mut self, error: EngineError) {
        let Some(run) = self.run.take() else { return };
        let (run_id, step) = (run.id, run.step());
        let diverged = error.kind == ErrorKind::Diverged;
        let last_good = run.last_good().filter(|_| diverged);
        let kept_step = last_good.as_ref().map(|(steps_made, _)| *steps_made);
        if let Some((_, model)) = last_good {
            self.tuned = Some(Tuned::of(&run, model));
        }
        let body = Event::RunFailed {
            run_id,
            step,
            error,
            kept_step,
        };
        self.tell(self.run_request, body);
    }

    /// The run that a command names, if it is the one at hand.
    fn run(&mut self, id: RunId) -> Result<&mut Run, EngineError> {
        let run = self.run.as_mut().filter(|run| run.id == id);
        run.ok_or_else(|| EngineError::new(ErrorKind::State, RunError::Over { run: id.0 }))
    }
}
