//! The loop that both objectives share: steps, the log, checkpoints.

use std::io::Write;
use std::path::Path;
use std::time::Instant;

use rayon::prelude::*;
use serde::Serialize;
use serde_json::Value;

use super::{Arguments, checkpoint};
use crate::cli::block_on;
use crate::cli::error::CliError;
use crate::data::batch::Batch;
use crate::faults::WeightError;
use crate::io::folder::HeldWeights;
use crate::model::parameters;
use crate::train::{Found, Learner, StepOutcome, Trainer};

/// What is particular to an objective.
pub trait Work {
    type Model: Learner + Sync;

    /// What a step trains on, a function of the step alone.
    fn batch(&self, step: usize) -> Batch;

    /// Figures on a part of the validation text, an object.
    fn measure(&self, model: &Self::Model) -> Value;
}

/// A line of `log.jsonl`.
#[derive(Serialize)]
struct LogLine {
    step: usize,
    tokens: usize,
    loss_nats: f32,
    learning_rate: f64,
    gradient_norm: f32,
    tokens_per_second: f64,
    #[serde(flatten)]
    valid: Option<Value>,
}

const LOG_EVERY: usize = 20;

/// Goes on from the checkpoint in `--out`, if there is one; `load` builds a model of its weights. The
/// trainer comes back when the run is done.
pub fn train<W: Work>(
    arguments: &Arguments,
    mut trainer: Trainer<W::Model>,
    work: &W,
    load: impl FnOnce(&mut HeldWeights) -> Result<W::Model, WeightError>,
) -> Result<Option<Trainer<W::Model>>, CliError> {
    let (settings, out) = (&arguments.settings, &arguments.out);
    trainer.schedule = settings.schedule();
    checkpoint::resume(out, settings, &mut trainer, load)?;
    let first_step = trainer.step;
    let last_step = arguments
        .stop_after
        .map_or(settings.steps, |n| (first_step + n).min(settings.steps));
    let mut log = Log::open(out, first_step, settings.batch_size * settings.context)?;
    let workers = arguments.workers();
    while trainer.step < last_step {
        let batch = work.batch(trainer.step);
        let outcome = step(&mut trainer, &batch, workers);
        let done = trainer.step;
        let evaluates = done.is_multiple_of(arguments.evaluate_every) || done == settings.steps;
        if evaluates || outcome.step.is_multiple_of(LOG_EVERY) {
            log.write(outcome, || evaluates.then(|| work.measure(trainer.model())))?;
        }
        if done.is_multiple_of(arguments.checkpoint_every) || done == last_step {
            checkpoint::save(out, settings, &trainer)?;
        }
    }
    Ok((trainer.step == settings.steps).then_some(trainer))
}

/// `log.jsonl`, and what its lines are reckoned from.
struct Log<'a> {
    out: &'a Path,
    file: std::fs::File,
    first_step: usize,
    tokens_a_step: usize,
    started: Instant,
}

impl<'a> Log<'a> {
    fn open(out: &'a Path, first_step: usize, tokens_a_step: usize) -> Result<Self, CliError> {
        Ok(Self {
            out,
            file: open_log(out)?,
            first_step,
            tokens_a_step,
            started: Instant::now(),
        })
    }

    /// The line of a step. The validation text is measured last, once the speed has been taken.
    fn write(
        &mut self,
        outcome: StepOutcome,
        valid: impl FnOnce() -> Option<Value>,
    ) -> Result<(), CliError> {
        let (step, learning_rate) = (outcome.step, outcome.learning_rate);
        let measured = block_on(outcome.read())?;
        if !measured.loss_nats.is_finite() {
            return Err(diverged(measured.loss_nats, step));
        }
        let done = step + 1;
        let made = (done - self.first_step) * self.tokens_a_step;
        let line = LogLine {
            step,
            tokens: done * self.tokens_a_step,
            loss_nats: measured.loss_nats,
            learning_rate,
            gradient_norm: measured.gradient_norm,
            tokens_per_second: made as f64 / self.started.elapsed().as_secs_f64(),
            valid: valid(),
        };
        let text = serde_json::to_string(&line)?;
        eprintln!("{text}");
        writeln!(self.file, "{text}").map_err(|e| CliError::file(self.out, e))
    }
}

/// A step whose batch is parted over `workers` threads; their gradients are added up in order.
fn step<M: Learner + Sync>(trainer: &mut Trainer<M>, batch: &Batch, workers: usize) -> StepOutcome {
    let shares = trainer.share_out(std::slice::from_ref(batch), None, workers);
    let parts: Vec<Found> = shares
        .par_iter()
        .map(|own| {
            let copy = trainer.model().clone().no_grad();
            let copy = parameters::set_trainable(copy, |_| true);
            trainer.gradients_with(&copy, own.iter())
        })
        .collect();
    let mut found = Found::default();
    for part in parts {
        found.add(part);
    }
    trainer.update(found)
}

fn diverged(loss: f32, step: usize) -> CliError {
    CliError::new(format!(
        "the loss is {loss} at step {step}; lower --learning-rate and run again (it resumes at the last checkpoint)"
    ))
}

fn open_log(out: &Path) -> Result<std::fs::File, CliError> {
    let path = out.join("log.jsonl");
    std::fs::File::options()
        .create(true)
        .append(true)
        .open(&path)
        .map_err(|e| CliError::file(&path, e))
}
