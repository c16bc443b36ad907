//! One run of fine-tuning, as units of work small enough that a command never waits long between them.

mod general;
mod scoring;
mod stage;
mod summary;
mod training;

use std::rc::Rc;

use burn::module::Module;

use super::base::Base;
use super::examples::{Answers, Encoding, Examples, with_head};
use super::host::Host;
use super::proof::Digests;
use super::rehearsal::Rehearsal;
use super::sample::Continuation;
use crate::data::dataset::Dataset;
use crate::data::feed::BatchFeed;
use crate::data::labelled::BatchOrder;
use crate::model::gpt2::Gpt2;
use crate::protocol::{
    EngineError, ErrorKind, Event, Frame, Moment, RequestId, RunId, RunOptions, RunPlan, RunStage,
    Scores, Split, StepMetrics,
};
use crate::settings::{Sampling, Seed, Task, TrainingSettings};
use crate::train::trainer::StepOutcome;
use crate::train::{BestModel, Replay, Trainer, plan};
use scoring::Scoring;
use stage::StageClock;

/// Where a run stands. Every state carries what it needs and no more.
enum State {
    /// Scoring a split before, during or after training.
    Scoring(Box<Scoring>),
    /// Making ready what the remedies against forgetting need.
    Preparing(Box<Rehearsal>),
    Training,
    Finished,
}

/// What the last unit of work led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    Going,
    /// The run has said its last word.
    Over,
}

pub struct Run {
    pub id: RunId,
    request_id: Option<RequestId>,
    settings: TrainingSettings,
    options: RunOptions,
    trainer: Trainer,
    rows: Rc<Dataset>,
    examples: Rc<Examples>,
    feed: BatchFeed,
    replay: Option<Replay>,
    best: BestModel<Gpt2>,
    /// Before the last step whose numbers were finite, and how many steps had been made.
    last_good: Option<(usize, Gpt2)>,
    state: State,
    pub paused: bool,
    /// Pause again after the next step.
    single_step: bool,
    pending: Option<Pending>,
    unsent: Vec<StepMetrics>,
    last_sent_millis: f64,
    stage: StageClock,
    clock: Clock,
    digests_before: Option<Digests>,
    before: Option<Scores>,
    /// Ids of the text on which forgetting is measured, where one has been loaded.
    pub general: Option<Rc<[i32]>>,
}

/// A step whose numbers are still on the device.
struct Pending {
    outcome: StepOutcome,
    began_millis: f64,
    /// The model before the step; where it does not train its tensors are the trainer's.
    before: Gpt2,
}

/// Times that the estimate and the summary are made of. Pauses do not count.
#[derive(Default)]
struct Clock {
    started_millis: f64,
    training_millis: f64,
    test_scoring_millis: f64,
}

impl Run {
    /// Puts a head and what the strategy adds on the base model; nothing is computed yet.
    pub fn new(
        id: RunId,
        request_id: Option<RequestId>,
        base: &Base,
        rows: Rc<Dataset>,
        settings: TrainingSettings,
        options: RunOptions,
        now_millis: f64,
    ) -> Result<(Self, RunPlan), EngineError> {
        let examples = encoded(base, &rows, &settings, &options)?;
        let order = BatchOrder::of_lengths(
            examples.lengths(Split::Train),
            settings.batch_size,
            settings.seed,
        );
        let feed = BatchFeed::accumulating(order, settings.gradient_accumulation_steps);
        let settings = settings.with_epochs_of(feed.steps_per_epoch());
        let shape = (examples.task(), examples.labels().len());
        let model = prepared(base, shape, &settings)?;
        let run_plan = plan::describe(&model, &settings.strategy);
        let mut trainer = Trainer::new(model, examples.objective(), &settings);
        if settings.balanced_classes {
            trainer.class_weights = Some(examples.balanced().map_err(unweighable)?);
        }
        let run = Self {
            id,
            request_id,
            trainer,
            feed,
            replay: None,
            best: BestModel::new(&settings),
            last_good: None,
            state: State::Scoring(Scoring::new(
                RunStage::ScoringBefore,
                Split::Test,
                &examples,
            )),
            rows,
            examples: Rc::new(examples),
            paused: false,
            single_step: false,
            pending: None,
            unsent: Vec::new(),
            last_sent_millis: f64::NEG_INFINITY,
            stage: StageClock::default(),
            clock: Clock {
                started_millis: now_millis,
                ..Clock::default()
            },
            digests_before: None,
            before: None,
            general: None,
            settings,
            options,
        };
        Ok((run, run_plan))
    }

    pub fn task(&self) -> Task {
        self.examples.task()
    }

    pub fn labels(&self) -> &[String] {
        self.examples.labels()
    }

    pub fn settings(&self) -> &TrainingSettings {
        &self.settings
    }

    /// The next unit of work: a batch scored, or a step made.
    pub async fn advance(
        &mut self,
        base: &Base,
        host: &impl Host,
    ) -> Result<Progress, EngineError> {
        if self.digests_before.is_none() {
            self.begin(base, host).await?;
        }
        match &mut self.state {
            State::Scoring(_) => self.score(base, host).await?,
            State::Preparing(_) => self.prepare(base, host).await?,
            State::Training => self.train(host).await?,
            State::Finished => {}
        }
        self.tell_stage(host);
        Ok(if matches!(self.state, State::Finished) {
            Progress::Over
        } else {
            Progress::Going
        })
    }

    /// Goes on until the next step is made, then pauses.
    pub fn step_once(&mut self) {
        self.single_step = true;
        self.paused = false;
    }

    pub fn step(&self) -> usize {
        self.trainer.step
    }

    /// The weights to go on with after the run has diverged, and the steps they have gone through.
    pub fn last_good(&self) -> Option<(usize, Gpt2)> {
        let best = self.best.best().and_then(|best| {
            let model = best.model.clone()?;
            Some((best.steps_made, model))
        });
        let (steps_made, model) = best.or_else(|| self.last_good.clone())?;
        Some((steps_made, model.valid()))
    }

    /// The model as it is now, for inference.
    pub fn tuned(&self) -> Gpt2 {
        self.trainer.model().valid()
    }

    pub fn tell(&self, host: &impl Host, body: Event) {
        host.send(Frame {
            request_id: self.request_id,
            body,
        });
    }

    async fn begin(&mut self, base: &Base, host: &impl Host) -> Result<(), EngineError> {
        self.enter(host, RunStage::ScoringBefore);
        self.digests_before = Some(
            Digests::of(self.trainer.model())
                .await
                .map_err(device_error)?,
        );
        self.sample(base, host, Moment::Before).await?;
        self.score_general(base, host).await
    }

    /// Continues the prompt with the model as it is.
    async fn sample(&self, base: &Base, host: &impl Host, when: Moment) -> Result<(), EngineError> {
        let model = self.tuned();
        let ids = base.prompt_ids(&self.options.sample_prompt)?;
        let sampling = Sampling::Draw {
            temperature: 0.8,
            top_k: 40,
            top_p: 1.0,
            seed: self.settings.seed,
        };
        let mut text = Continuation::new(&model, &base.config, &ids, &sampling);
        for _ in 0..self.options.sample_tokens {
            let id = text.next().await.map_err(device_error)?;
            if Some(id) == base.tokenizer.end_of_text() {
                break;
            }
        }
        let text = base.tokenizer.decode(&text.ids, true).unwrap_or_default();
        self.tell(
            host,
            Event::SampleGenerated {
                run_id: self.id,
                when,
                text,
            },
        );
        Ok(())
    }
}

/// The examples of a run whose settings can be met.
fn encoded(
    base: &Base,
    rows: &Dataset,
    settings: &TrainingSettings,
    options: &RunOptions,
) -> Result<Examples, EngineError> {
    let interval = evaluation_interval(settings, options);
    if let Some(problem) = problem(base, settings) {
        return Err(unfit(problem));
    }
    if settings.balanced_classes
        && let Some(why) = rows.task().refuses_class_weights()
    {
        return Err(unweighable(why));
    }
    // Virtual tokens take positions from the texts.
    let positions = base.config.n_positions;
    let room = positions.saturating_sub(settings.strategy.virtual_tokens());
    let length = settings.max_length.min(room);
    let encoding = Encoding {
        validates: interval > 0,
        ..Encoding::usual(&base.tokenizer, base.pad(), length, positions)
    };
    let mut examples = encoding
        .examples(rows.clone())
        .map_err(|e| EngineError::new(ErrorKind::Data, e.to_string()))?;
    examples.draw(settings.max_train_samples, settings.seed);
    if examples.count(Split::Train) == 0 {
        let message = format!(
            "Nothing to train on is left: no row of the split \"train\" keeps anything to learn within {length} tokens."
        );
        return Err(EngineError::new(ErrorKind::Data, message));
    }
    let watches = settings.watches_validation();
    if watches && (examples.count(Split::Validation) == 0 || interval == 0) {
        return Err(unfit(
            "early stopping and the best model go by the validation loss: set the evaluation steps, \
             and use data with a validation split"
                .to_owned(),
        ));
    }
    Ok(examples)
}

fn problem(base: &Base, settings: &TrainingSettings) -> Option<String> {
    let positions = base.config.n_positions;
    settings.problem().or_else(|| {
        let length = settings.max_length;
        (length > positions).then(|| {
            format!("maximum length is {length}, but this model reads at most {positions} tokens")
        })
    })
}

fn unfit(message: String) -> EngineError {
    EngineError::new(ErrorKind::Settings, message)
}

fn unweighable(why: &str) -> EngineError {
    unfit(format!("balanced classes: {why}; leave them off"))
}

/// The base model with a fresh head for a task of so many labels, adapters as the strategy has them, and
/// gradients where it trains.
pub fn prepared(
    base: &Base,
    shape: (Task, usize),
    settings: &TrainingSettings,
) -> Result<Gpt2, EngineError> {
    let seed = Seed::new(settings.seed);
    // `fork` would copy; the clone shares the frozen tensors with the base model.
    let model = with_head(base.model.clone(), shape, false, &seed);
    plan::prepare(model, &settings.strategy, &seed).map_err(|e| unfit(e.to_string()))
}

pub(super) fn device_error(reason: String) -> EngineError {
    EngineError::new(
        ErrorKind::Device,
        format!("The device did not answer: {reason}."),
    )
}

/// Steps between evaluations on the validation split; 0 is never.
fn evaluation_interval(settings: &TrainingSettings, options: &RunOptions) -> usize {
    match settings.eval_steps {
        0 => options.evaluate_every_steps,
        steps => steps,
    }
}
