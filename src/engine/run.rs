//! One run of fine-tuning, for any model and any task, as units of work small enough that a command never waits long
//! between them. The worker makes a unit between two messages; the command line makes them one after another.

mod agenda;
mod beginning;
mod ending;
mod keeping;
mod preparing;
mod retelling;
mod scoring;
mod setup;
mod stage;
mod training;
mod watcher;
mod works;

use std::collections::VecDeque;
use std::rc::Rc;

use burn::module::Module;

use super::base::Base;
use super::checkpoint::{History, Marks};
use super::examples::{Answers, Examples};
use super::general::General;
use super::helpers::{Crew, Helper, Job};
use super::proof::Digests;
use crate::data::dataset::Dataset;
use crate::data::feed::BatchFeed;
use crate::model::any::Model;
use crate::protocol::{
    EngineError, ErrorKind, Event, FrozenProof, RunId, RunOptions, RunStage, Scores, Split,
    StepMetrics,
};
use crate::settings::{Task, TrainingSettings};
use crate::train::trainer::StepOutcome;
use crate::train::{BestModel, Replay, Trainer};
use stage::StageClock;
use works::Work;

use beginning::Start;
use setup::How;

pub use beginning::Beginning;
pub use setup::{Setup, device_error, planned, prepared};
pub use watcher::Watcher;

/// What the last unit of work led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    Going,
    /// Nothing is left to do.
    Over,
}

pub struct Run {
    pub id: RunId,
    settings: TrainingSettings,
    options: RunOptions,
    trainer: Trainer,
    rows: Rc<Dataset>,
    examples: Rc<Examples>,
    feed: BatchFeed,
    replay: Option<Replay>,
    best: BestModel<Model>,
    /// Before the last step whose numbers were finite, and how many steps had been made.
    last_good: Option<(usize, Model)>,
    /// The step, counted from 0, whose numbers were not finite.
    diverged_at: Option<usize>,
    /// What is to be done, the next first.
    agenda: VecDeque<Work>,
    stage: RunStage,
    pub paused: bool,
    /// Pause again after the next step.
    single_step: bool,
    pending: Option<Pending>,
    unsent: Vec<StepMetrics>,
    /// Told so far.
    history: History,
    /// What tells it from other runs, where checkpoints may be taken.
    marks: Option<Marks>,
    /// How it begins, until somebody has heard what it found out there; none of a run that was gone on with.
    start: Option<Start>,
    last_sent_millis: f64,
    stage_clock: StageClock,
    clock: Clock,
    digests: Option<Digests>,
    test: Judged,
    validation: Judged,
    general: Option<Rc<General>>,
    /// Texts for the remedies, where they are not the model's own.
    rehearsal_texts: Option<Vec<Vec<i32>>>,
    proof: Option<FrozenProof>,
    setup: How,
}

/// A step whose numbers are still on the device.
struct Pending {
    outcome: StepOutcome,
    began_millis: f64,
    /// The model before the step; where it does not train its tensors are the trainer's.
    before: Model,
}

/// What a split came to before the first step and after the last.
#[derive(Default)]
struct Judged {
    before: Option<Scores>,
    after: Option<(Scores, Answers)>,
}

/// Times that the estimate and the summary are made of. Pauses do not count.
#[derive(Default)]
struct Clock {
    started_millis: f64,
    training_millis: f64,
    test_scoring_millis: f64,
}

impl Run {
    pub fn task(&self) -> Task {
        self.examples.task()
    }

    pub fn labels(&self) -> &[String] {
        self.examples.labels()
    }

    pub fn settings(&self) -> &TrainingSettings {
        &self.settings
    }

    pub fn examples(&self) -> &Examples {
        &self.examples
    }

    pub fn class_weights(&self) -> Option<&[f32]> {
        self.trainer.class_weights.as_deref()
    }

    /// The next unit of work: a batch scored, a step made, a token said, some tensors read.
    pub async fn advance(
        &mut self,
        base: &Base,
        crew: &mut Crew<impl Helper>,
        watcher: &impl Watcher,
    ) -> Result<Progress, EngineError> {
        let Some(work) = self.agenda.pop_front() else {
            return Ok(Progress::Over);
        };
        self.enter(work.stage(self.stage), watcher);
        if let Some(unfinished) = self.unit(work, base, crew, watcher).await? {
            self.tell_stage(&unfinished, watcher);
            self.agenda.push_front(unfinished);
        }
        Ok(if self.agenda.is_empty() {
            Progress::Over
        } else {
            Progress::Going
        })
    }

    /// One unit of `work`; what is left of it.
    async fn unit(
        &mut self,
        work: Work,
        base: &Base,
        crew: &mut Crew<impl Helper>,
        watcher: &impl Watcher,
    ) -> Result<Option<Work>, EngineError> {
        match work {
            Work::Digest(digesting) => self.digest(digesting).await,
            Work::Recall(beginning) => {
                self.recall(*beginning, watcher);
                Ok(None)
            }
            Work::Sample(when, sampling) => self.sample(when, sampling, base, watcher).await,
            Work::MeasureGeneral(measuring) => self.measure(measuring, crew, watcher).await,
            Work::Score(scoring) => {
                let rest = self.score(scoring, crew, watcher).await?;
                Ok(rest.map(Work::Score))
            }
            Work::Prepare(rehearsal) => self.prepare(rehearsal, base).await,
            Work::Restore(checkpoint) => self.restore(*checkpoint, base, watcher).map(|()| None),
            Work::Train => self.train(base, crew, watcher).await,
            Work::End => self.end(watcher).map(|()| None),
        }
    }

    /// What helpers must know of the run.
    pub fn job(&self) -> Job {
        Job {
            examples: (*self.examples).clone(),
            general: self.general.as_deref().cloned(),
            keeps_head: self.setup.keeps_head,
            settings: self.settings.clone(),
            class_weights: self.trainer.class_weights.clone(),
        }
    }

    pub fn pause(&mut self) {
        self.paused = true;
        self.single_step = false;
    }

    /// Goes on, and pauses no more by itself.
    pub fn resume(&mut self) {
        self.paused = false;
        self.single_step = false;
        self.options.start_paused = false;
    }

    /// Goes on until the next step is made, then pauses.
    pub fn step_once(&mut self) {
        self.resume();
        self.single_step = true;
    }

    /// Steps made.
    pub fn step(&self) -> usize {
        self.trainer.step
    }

    /// The weights to go on with after the run has diverged, and the steps they have gone through.
    pub fn last_good(&self) -> Option<(usize, Model)> {
        let best = self.best.best().and_then(|best| {
            let model = best.model.clone()?;
            Some((best.steps_made, model))
        });
        let (steps_made, model) = best.or_else(|| self.last_good.clone())?;
        Some((steps_made, model.valid()))
    }

    pub fn diverged_at(&self) -> Option<usize> {
        self.diverged_at
    }

    /// The model as it is now, for inference.
    pub fn tuned(&self) -> Model {
        self.trainer.model().valid()
    }

    /// The model as the strategy has prepared it, trained so far.
    pub fn model(&self) -> &Model {
        self.trainer.model()
    }
}
