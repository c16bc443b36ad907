//! What a run is made of, checked before anything is computed.

use super::*;
use crate::data::labelled::BatchOrder;
use crate::engine::checkpoint::Checkpoint;
use crate::engine::examples::Encoding;
use crate::engine::general::General;
use crate::faults::{Fault, RunError, Unfit};
use crate::model::network::Network;
use crate::protocol::RunPlan;
use crate::settings::{Seed, Strategy};
use crate::train::plan;

/// All that decides a run.
pub struct Setup<'a> {
    pub base: &'a Base,
    pub rows: Rc<Dataset>,
    pub settings: TrainingSettings,
    pub options: RunOptions,
    /// What forgetting is measured on, where anything is.
    pub general: Option<Rc<General>>,
    /// Texts for the remedies against forgetting; without any a decoder writes its own.
    pub rehearsal_texts: Option<Vec<Vec<i32>>>,
    /// A head that the model has is kept if it has as many outputs.
    pub keeps_head: bool,
    /// Nothing is scored before and after, and nothing digested: the caller does.
    pub only_trains: bool,
    /// Whether checkpoints will be taken of it.
    pub is_kept: bool,
    /// What the run before found out at its beginning. It is taken over where this one begins alike.
    pub known: Option<Beginning>,
    /// Go on from here; the settings have to be those of the checkpoint.
    pub resumes: Option<Box<Checkpoint>>,
}

/// How a run goes about its work.
pub(super) struct How {
    pub only_trains: bool,
    pub keeps_head: bool,
    /// Steps between evaluations on the validation split; 0 is never.
    pub evaluates_every: usize,
}

/// What a run is put together from, beside its setup.
struct Parts {
    id: RunId,
    examples: Examples,
    trainer: Trainer,
    feed: BatchFeed,
    how: How,
    started_millis: f64,
}

impl Setup<'_> {
    /// The run, and what it will train; nothing is computed yet.
    pub fn run(mut self, id: RunId, watcher: &impl Watcher) -> Result<(Run, RunPlan), EngineError> {
        // In the words of the model's family.
        self.settings.strategy = self.settings.strategy.in_words_of(self.base.family());
        let examples = self.examples()?;
        self.run_on(examples, id, watcher)
    }

    /// The same on examples that have been made already, with the settings as they are.
    pub fn run_on(
        mut self,
        examples: Examples,
        id: RunId,
        watcher: &impl Watcher,
    ) -> Result<(Run, RunPlan), EngineError> {
        self.check(&examples)?;
        let feed = feed(&examples, &self.settings);
        self.settings = self.settings.with_epochs_of(feed.steps_per_epoch());
        let how = How {
            only_trains: self.only_trains,
            keeps_head: self.keeps_head,
            evaluates_every: self.evaluation_interval_on(&examples),
        };
        let (trainer, run_plan) = self.trainer(&examples)?;
        let parts = Parts {
            id,
            examples,
            trainer,
            feed,
            how,
            started_millis: watcher.now_millis(),
        };
        let (base, resumes, known) = (self.base, self.resumes.take(), self.known.take());
        let is_marked = self.is_kept || resumes.is_some();
        let mut run = self.assembled(parts);
        if is_marked {
            run.mark(base)?;
        }
        match resumes {
            None => run.plan_beginning(known, base)?,
            Some(checkpoint) => {
                run.check_is_of(&checkpoint)?;
                run.plan_resumption(checkpoint, base);
            }
        }
        Ok((run, run_plan))
    }

    /// The trainer at its start, and what it will train.
    fn trainer(&self, examples: &Examples) -> Result<(Trainer, RunPlan), EngineError> {
        let settings = &self.settings;
        let shape = (examples.task(), examples.labels().len());
        let model = prepared(&self.base.model, shape, settings, self.keeps_head)?;
        let run_plan = plan::describe(&model, &settings.strategy);
        let mut trainer = Trainer::new(model, examples.objective(), settings);
        if settings.balanced_classes {
            trainer.class_weights = examples.balanced();
        }
        Ok((trainer, run_plan))
    }

    /// The run of these parts, with nothing planned and nothing told.
    fn assembled(self, parts: Parts) -> Run {
        Run {
            id: parts.id,
            trainer: parts.trainer,
            feed: parts.feed,
            replay: None,
            best: BestModel::new(&self.settings),
            last_good: None,
            diverged_at: None,
            agenda: VecDeque::new(),
            stage: RunStage::ScoringBefore,
            rows: self.rows,
            examples: Rc::new(parts.examples),
            paused: false,
            single_step: false,
            pending: None,
            unsent: Vec::new(),
            history: History::default(),
            marks: None,
            start: None,
            last_sent_millis: f64::NEG_INFINITY,
            stage_clock: StageClock::default(),
            clock: Clock {
                started_millis: parts.started_millis,
                ..Clock::default()
            },
            digests: None,
            test: Judged::default(),
            validation: Judged::default(),
            general: self.general,
            rehearsal_texts: self.rehearsal_texts,
            proof: None,
            setup: parts.how,
            settings: self.settings,
            options: self.options,
        }
    }

    /// The rows as the model reads them, if the settings can be met.
    fn examples(&self) -> Result<Examples, EngineError> {
        let (base, settings) = (self.base, &self.settings);
        if let Some(problem) = problem(base, settings, self.rows.task_for(base.family())) {
            return Err(unfit(problem));
        }
        let length = length_for(base, settings);
        let encoding = Encoding {
            validates: self.evaluation_interval() > 0 || self.options.judges_validation,
            seed: settings.seed,
            ..Encoding::usual(base, length)
        };
        let examples = encoding.examples((*self.rows).clone());
        let mut examples = examples.map_err(|e| EngineError::new(ErrorKind::Data, e))?;
        examples.draw(settings.max_train_samples, settings.seed);
        Ok(examples)
    }

    /// Steps between evaluations on the validation split; 0 is never.
    fn evaluation_interval(&self) -> usize {
        self.settings.evaluation_interval(self.options.evaluations)
    }

    /// The same once there are examples. Where the page only looks, and nothing depends on it, a look comes no sooner than
    /// after as many examples as it takes itself: it costs a third of what training costs.
    fn evaluation_interval_on(&self, examples: &Examples) -> usize {
        let (settings, interval) = (&self.settings, self.evaluation_interval());
        let only_looks = settings.eval_steps == 0 && !settings.watches_validation();
        if interval == 0 || !only_looks {
            return interval;
        }
        let rows = settings.batch_size * settings.gradient_accumulation_steps;
        let steps = examples.count(Split::Validation).div_ceil(rows.max(1));
        interval.max(steps)
    }

    fn check(&self, examples: &Examples) -> Result<(), EngineError> {
        let settings = &self.settings;
        if settings.balanced_classes
            && let Some(why) = examples.task().refuses_class_weights()
        {
            let reason = Box::new(why.into());
            return Err(unfit(Unfit::Unweighable { reason }));
        }
        if examples.count(Split::Train) == 0 {
            let length = length_for(self.base, settings);
            let nothing = RunError::NothingToTrainOn { length };
            return Err(EngineError::new(ErrorKind::Data, nothing));
        }
        let can_validate = examples.count(Split::Validation) > 0;
        let interval = self.evaluation_interval();
        if settings.watches_validation() && (!can_validate || interval == 0) {
            return Err(unfit(Unfit::NothingToWatch));
        }
        if settings.gradient_checkpointing == Some(true) && !self.base.family().is_decoder() {
            return Err(unfit(Unfit::GradientCheckpointing));
        }
        self.check_remedies()
    }

    /// Refuses remedies against forgetting that the base has no words or no text for.
    fn check_remedies(&self) -> Result<(), EngineError> {
        if self.base.family().is_decoder() || !self.settings.remedies.wants_text() {
            return Ok(());
        }
        match (self.base.language(), &self.rehearsal_texts) {
            (None, _) => Err(unfit(Unfit::NoLanguageHead)),
            (Some(_), None) => Err(unfit(Unfit::NoGeneralText)),
            (Some(_), Some(_)) => Ok(()),
        }
    }
}

/// The order in which the examples are trained on.
fn feed(examples: &Examples, settings: &TrainingSettings) -> BatchFeed {
    let lengths = examples.lengths(Split::Train);
    let order = BatchOrder::of_lengths(lengths, settings.batch_size, settings.seed);
    BatchFeed::accumulating(order, settings.gradient_accumulation_steps)
}

/// Tokens of the longest input: virtual tokens take positions from the texts.
fn length_for(base: &Base, settings: &TrainingSettings) -> usize {
    let room = base
        .positions()
        .saturating_sub(settings.strategy.virtual_tokens());
    settings.max_length.min(room)
}

fn problem(base: &Base, settings: &TrainingSettings, task: Task) -> Option<Fault> {
    if task == Task::MaskedLm && base.language().is_none() {
        return Some(Unfit::NoMaskedWordHead.into());
    }
    let family = base.family();
    if !task.fits(family) {
        let (task, family) = (task.name().to_owned(), family.name().to_owned());
        return Some(Unfit::OtherFamily { task, family }.into());
    }
    if let Some(problem) = settings.problem() {
        return Some(problem.into());
    }
    let (length, positions) = (settings.max_length, base.positions());
    (length > positions).then(|| Unfit::TooLong { length, positions }.into())
}

pub(super) fn unfit(why: impl Into<Fault>) -> EngineError {
    EngineError::new(ErrorKind::Settings, why)
}

/// The base model with the head of a task of so many labels, adapters as the strategy has them, and gradients where it
/// trains.
pub fn prepared(
    base: &Model,
    (task, labels): (Task, usize),
    settings: &TrainingSettings,
    keeps_head: bool,
) -> Result<Model, EngineError> {
    let model = headed(base, (task, labels), settings, keeps_head)?;
    let seed = Seed::new(settings.seed);
    plan::prepare(model, &settings.strategy, &seed).map_err(unfit)
}

/// The base model with the head of a task of so many labels.
fn headed(
    base: &Model,
    (task, labels): (Task, usize),
    settings: &TrainingSettings,
    keeps_head: bool,
) -> Result<Model, EngineError> {
    let seed = Seed::new(settings.seed);
    let head = crate::engine::examples::head_for(task, labels);
    if has_no_place_for_pooler(base, task, &settings.strategy) {
        return Err(unfit(Unfit::NoPooler));
    }
    // `fork` would copy; the clone shares the frozen tensors with the base model.
    let model = base.clone().with_only_head(head, keeps_head, &seed);
    // EWC and replay train on the model's own language beside the task.
    Ok(match settings.remedies.wants_text() {
        true => model.with_words_of(base),
        false => model,
    })
}

/// What a run of these settings would train, without its modules.
pub fn planned(
    base: &Model,
    task: (Task, usize),
    settings: &TrainingSettings,
) -> Result<RunPlan, EngineError> {
    let model = headed(base, task, settings, false)?;
    plan::planned(&model, &settings.strategy).map_err(unfit)
}

fn has_no_place_for_pooler(base: &Model, task: Task, strategy: &Strategy) -> bool {
    let judges_texts = matches!(
        task,
        Task::SequenceClassification | Task::MultiLabelClassification
    );
    let lacks_pooler = base.encoder().is_some_and(|b| b.bert.pooler.is_none());
    judges_texts && lacks_pooler && strategy.leaves_adapter()
}

pub fn device_error(reason: Fault) -> EngineError {
    let reason = Box::new(reason);
    EngineError::new(ErrorKind::Device, RunError::DeviceSilent { reason })
}
