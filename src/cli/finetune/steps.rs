//! The loop over the steps of a run.

use std::path::Path;
use std::time::Instant;

use super::metrics::MetricsLog;
use crate::cli::block_on;
use crate::cli::error::CliError;
use crate::data::batch::Batch;
use crate::data::feed::BatchFeed;
use crate::protocol::StepMetrics;
use crate::train::{Learner, StepOutcome, Trainer};

/// A step whose numbers are still on the device.
struct Pending {
    outcome: StepOutcome,
    began: Instant,
    epoch: f64,
}

/// Makes every step and writes its line. The numbers of a step are read when the next one has been
/// given to the device, so that it never waits for them.
pub fn train<M: Learner>(
    trainer: &mut Trainer<M>,
    total_steps: usize,
    mut feed: BatchFeed,
    batch: impl Fn(&[usize]) -> Batch,
    out: &Path,
) -> Result<(), CliError> {
    let mut log = MetricsLog::create(&out.join("metrics.jsonl"), total_steps)?;
    let mut pending: Option<Pending> = None;
    while trainer.step < total_steps {
        let began = Instant::now();
        let epoch = feed.epochs_after(trainer.step);
        let outcome = trainer.advance(&batch(feed.indices(trainer.step)));
        if let Some(previous) = pending.replace(Pending {
            outcome,
            began,
            epoch,
        }) {
            log.write(&read(previous, began)?)?;
        }
    }
    match pending {
        Some(last) => log.write(&read(last, None)?),
        None => Ok(()),
    }
}

/// `until`: when the next step began; the read-back itself ends the last.
fn read(pending: Pending, until: impl Into<Option<Instant>>) -> Result<StepMetrics, CliError> {
    let Pending {
        outcome,
        began,
        epoch,
    } = pending;
    let (step, learning_rate) = (outcome.step, outcome.learning_rate);
    let measured = block_on(outcome.read())?;
    let until = until.into().unwrap_or_else(Instant::now);
    if !measured.loss_nats.is_finite() || !measured.gradient_norm.is_finite() {
        return Err(CliError::new(format!(
            "the loss is {} at step {step}: the run has diverged; --learning-rate {:e} would be a tenth of this step's",
            measured.loss_nats,
            learning_rate / 10.0
        )));
    }
    Ok(StepMetrics {
        step,
        epoch,
        loss_nats: measured.loss_nats,
        learning_rate,
        gradient_norm: measured.gradient_norm,
        step_millis: (until - began).as_secs_f64() * 1e3,
    })
}
