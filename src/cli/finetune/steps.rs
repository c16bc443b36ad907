//! The loop over the steps of a run.

use std::path::Path;
use std::time::Instant;

use serde_json::Value;

use super::Job;
use super::ending::Ending;
use super::metrics::{MetricsLog, loss_of};
use super::remedies;
use crate::cli::block_on;
use crate::cli::error::CliError;
use crate::data::batch::Batch;
use crate::data::feed::BatchFeed;
use crate::model::gpt2::Gpt2;
use crate::protocol::StepMetrics;
use crate::settings::TrainingSettings;
use crate::settings::divergence::likely_cause;
use crate::train::trainer::Measured;
use crate::train::{BestModel, Learner, StepOutcome, Trainer};

/// Metrics of the model on the validation split, with a `loss` among them.
pub type Validate<'a, M = Gpt2> = &'a dyn Fn(&M) -> Result<Value, CliError>;

/// A step whose numbers are still on the device.
struct Pending<M> {
    outcome: StepOutcome,
    began: Instant,
    /// As it was before the step; its tensors are shared with the trainer's where it does not train.
    before: M,
}

struct Loop<'a, M: Learner> {
    settings: &'a TrainingSettings,
    trainer: &'a mut Trainer<M>,
    feed: BatchFeed,
    log: MetricsLog,
    pending: Option<Pending<M>>,
    /// Before the last step whose numbers were finite, and how many steps had been made.
    last_good: Option<(usize, M)>,
    best: BestModel<M>,
}

/// Makes every step and writes its line, evaluates, stops early, and leaves `trainer` with the weights
/// that the run ends with. The numbers of a step are read when the next one has been given to the
/// device, so that it never waits for them.
pub fn train(
    job: &Job,
    trainer: &mut Trainer,
    settings: &TrainingSettings,
    feed: BatchFeed,
    batch: impl Fn(&[usize]) -> Batch,
    validate: Option<Validate>,
) -> Result<Ending, CliError> {
    let mut replay = remedies::prepare(job, trainer, settings)?;
    let replayed = |step| replay.as_mut().map(|replay| replay.batch(step));
    let out = &job.arguments.out;
    train_on(trainer, settings, feed, (batch, replayed), validate, out)
}

/// The same for any model whose remedies are ready: what each step trains on, and what it replays.
pub fn train_on<M: Learner>(
    trainer: &mut Trainer<M>,
    settings: &TrainingSettings,
    feed: BatchFeed,
    (batch, mut replay): (
        impl Fn(&[usize]) -> Batch,
        impl FnMut(usize) -> Option<Batch>,
    ),
    validate: Option<Validate<M>>,
    out: &Path,
) -> Result<Ending, CliError> {
    if settings.eval_steps > 0 && validate.is_none() {
        return Err(CliError::new(
            "--eval-steps needs rows to evaluate on; no row of --data has the split `validation`",
        ));
    }
    let path = out.join("metrics.jsonl");
    let mut course = Loop {
        log: MetricsLog::create(&path, settings.total_steps)?,
        best: BestModel::new(settings),
        pending: None,
        last_good: None,
        settings,
        trainer,
        feed,
    };
    while course.trainer.step < settings.total_steps {
        let step = course.trainer.step;
        let indices = course.feed.batches(step);
        let batches: Vec<Batch> = indices.iter().map(|i| batch(i)).collect();
        let replayed = replay(step);
        if let Some(ending) = course.step(&batches, replayed.as_ref())? {
            return Ok(ending);
        }
        let due = settings.eval_steps > 0 && (step + 1).is_multiple_of(settings.eval_steps);
        if let Some(validate) = validate.filter(|_| due)
            && let Some(ending) = course.evaluate(validate)?
        {
            return Ok(ending);
        }
    }
    course.finish()
}

impl<M: Learner> Loop<'_, M> {
    fn step(
        &mut self,
        batches: &[Batch],
        replayed: Option<&Batch>,
    ) -> Result<Option<Ending>, CliError> {
        let began = Instant::now();
        let before = self.trainer.model().clone();
        let outcome = self.trainer.advance_over(batches, replayed);
        let made = Pending {
            outcome,
            began,
            before,
        };
        match self.pending.replace(made) {
            Some(previous) => self.note(previous, began),
            None => Ok(None),
        }
    }

    /// Reads the numbers of the step that is still out; `Some` if they end the run.
    fn settle(&mut self) -> Result<Option<Ending>, CliError> {
        match self.pending.take() {
            Some(last) => self.note(last, None),
            None => Ok(None),
        }
    }

    /// `until`: when the next step began; the read-back itself ends the last.
    fn note(
        &mut self,
        pending: Pending<M>,
        until: impl Into<Option<Instant>>,
    ) -> Result<Option<Ending>, CliError> {
        let (step, learning_rate) = (pending.outcome.step, pending.outcome.learning_rate);
        let measured = block_on(pending.outcome.read())?;
        let until = until.into().unwrap_or_else(Instant::now);
        if measured.diverged() {
            let kept = if measured.loss_nats.is_finite() {
                Some((step, pending.before))
            } else {
                self.last_good.take()
            };
            return self.diverged(step, learning_rate, measured, kept).map(Some);
        }
        self.log.write(&StepMetrics {
            step,
            epoch: self.feed.epochs_after(step),
            loss_nats: measured.loss_nats,
            learning_rate,
            gradient_norm: measured.gradient_norm,
            remedy_loss_nats: measured.remedy_loss_nats,
            step_millis: (until - pending.began).as_secs_f64() * 1e3,
        })?;
        self.last_good = Some((step, pending.before));
        Ok(None)
    }

    /// Goes back to weights whose loss was a number. Without any there is nothing to save.
    fn diverged(
        &mut self,
        step: usize,
        learning_rate: f64,
        measured: Measured,
        kept: Option<(usize, M)>,
    ) -> Result<Ending, CliError> {
        self.log.flush()?;
        let cause = likely_cause(self.settings, step, learning_rate);
        let what = format!(
            "the run has diverged: at step {step} the loss is {} and the gradient norm {}; {cause}",
            measured.loss_nats, measured.gradient_norm
        );
        if self.settings.load_best_model_at_end && self.best.best().is_some() {
            let restored = self.restore_best();
            let kept_step = restored.map_or(0, |(steps, _)| steps);
            return Ok(Ending::Diverged {
                what,
                step,
                kept_step,
            });
        }
        let Some((kept_step, model)) = kept else {
            return Err(CliError::new(what));
        };
        self.trainer.replace_model(model);
        Ok(Ending::Diverged {
            what,
            step,
            kept_step,
        })
    }

    fn evaluate(&mut self, validate: Validate<M>) -> Result<Option<Ending>, CliError> {
        if let Some(ending) = self.settle()? {
            return Ok(Some(ending));
        }
        let steps_made = self.trainer.step;
        let metrics = validate(self.trainer.model())?;
        self.log.write_evaluation(
            steps_made - 1,
            self.feed.epochs_after(steps_made - 1),
            &metrics,
        )?;
        self.best
            .evaluated(steps_made, loss_of(&metrics), self.trainer.model());
        if !self.best.is_exhausted() {
            return Ok(None);
        }
        self.log.flush()?;
        let evaluations = self.best.without_improvement();
        eprintln!(
            "no lower validation loss in {evaluations} evaluations: stopped after {steps_made} steps"
        );
        let best = self.restore_best();
        Ok(Some(Ending::StoppedEarly { steps_made, best }))
    }

    fn finish(mut self) -> Result<Ending, CliError> {
        if let Some(ending) = self.settle()? {
            return Ok(ending);
        }
        self.log.flush()?;
        let best = self.restore_best();
        Ok(Ending::Finished { best })
    }

    /// Puts the best weights back where the settings ask for it; their step and validation loss.
    fn restore_best(&mut self) -> Option<(usize, f64)> {
        let best = self.best.best()?;
        let model = best.model.clone()?;
        self.trainer.replace_model(model);
        Some((best.steps_made, best.loss_nats))
    }
}
