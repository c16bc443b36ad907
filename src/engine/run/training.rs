//! The steps of a run, and the telling of their numbers.

use super::*;
use crate::protocol::RunProgress;

/// Metrics go out at most once a display frame.
const FRAME_MILLIS: f64 = 16.0;

impl Run {
    /// Reads the last step's numbers and tells all that has not been told yet.
    pub async fn settle(&mut self, host: &impl Host) -> Result<(), EngineError> {
        let last = self.pending.take();
        self.note(last, host).await?;
        self.send_metrics(host, true);
        Ok(())
    }

    /// Makes one step, then reads the numbers of the step before: the device never waits for them.
    pub(super) async fn train(&mut self, host: &impl Host) -> Result<(), EngineError> {
        let step = self.trainer.step;
        if step < self.settings.total_steps {
            let began = host.now_millis();
            let batch = self.batch(step);
            let outcome = self.trainer.advance(&batch);
            let previous = self.pending.replace((outcome, began));
            self.note(previous, host).await?;
            self.clock.training_millis += host.now_millis() - began;
        }
        let done = self.trainer.step;
        let over = done >= self.settings.total_steps;
        if over || self.single_step {
            self.settle(host).await?;
        } else {
            self.send_metrics(host, false);
        }
        if self.single_step {
            self.single_step = false;
            self.paused = true;
            self.tell(
                host,
                Event::RunPaused {
                    run_id: self.id,
                    step: done,
                },
            );
        }
        let every = self.options.evaluate_every_steps;
        if over {
            self.enter(host, RunStage::ScoringAfter);
            self.state = State::Scoring(Scoring::new(
                RunStage::ScoringAfter,
                Split::Test,
                &self.texts.test,
            ));
        } else if every > 0 && done.is_multiple_of(every) && !self.texts.validation.is_empty() {
            let texts = &self.texts.validation;
            self.state = State::Scoring(Scoring::new(RunStage::Training, Split::Validation, texts));
        }
        Ok(())
    }

    fn batch(&mut self, step: usize) -> Batch {
        let per_epoch = self.order.steps_per_epoch();
        let epoch = step / per_epoch;
        if self.epoch.as_ref().is_none_or(|(e, _)| *e != epoch) {
            self.epoch = Some((epoch, self.order.epoch(epoch)));
        }
        let indices = self
            .epoch
            .as_ref()
            .map_or(&[][..], |(_, b)| &b[step % per_epoch]);
        let rows: Vec<(&[i32], i32)> = indices
            .iter()
            .map(|i| &self.texts.train[*i])
            .map(|text| (&text.ids[..], text.label as i32))
            .collect();
        Batch::classification(&rows, self.pad)
    }

    /// Reads a step's numbers back and keeps them for the next event.
    async fn note(
        &mut self,
        outcome: Option<(StepOutcome, f64)>,
        host: &impl Host,
    ) -> Result<(), EngineError> {
        let Some((outcome, began)) = outcome else {
            return Ok(());
        };
        let (step, learning_rate) = (outcome.step, outcome.learning_rate);
        let measured = outcome.read().await.map_err(device_error)?;
        if !measured.loss_nats.is_finite() || !measured.gradient_norm.is_finite() {
            return Err(EngineError::new(
                ErrorKind::Diverged,
                format!(
                    "The loss is {} at step {}: the numbers have grown past what float32 holds. \
                     A learning rate of {learning_rate:.1e} is likely too high here; try a tenth of it.",
                    measured.loss_nats,
                    step + 1
                ),
            ));
        }
        self.unsent.push(StepMetrics {
            step,
            epoch: (step + 1) as f64 / self.order.steps_per_epoch() as f64,
            loss_nats: measured.loss_nats,
            learning_rate,
            gradient_norm: measured.gradient_norm,
            step_millis: host.now_millis() - began,
        });
        Ok(())
    }

    fn send_metrics(&mut self, host: &impl Host, now: bool) {
        let millis = host.now_millis();
        if self.unsent.is_empty() || !(now || millis - self.last_sent_millis >= FRAME_MILLIS) {
            return;
        }
        self.last_sent_millis = millis;
        let steps = std::mem::take(&mut self.unsent);
        let progress = self.progress();
        self.tell(
            host,
            Event::StepsCompleted {
                run_id: self.id,
                steps,
                progress,
            },
        );
    }

    fn progress(&self) -> RunProgress {
        let completed_steps = self.trainer.step;
        let total_steps = self.settings.total_steps;
        let per_step = self.clock.training_millis / completed_steps.max(1) as f64;
        let left = (total_steps - completed_steps) as f64;
        RunProgress {
            completed_steps,
            total_steps,
            remaining_millis: per_step * left + self.clock.test_scoring_millis,
        }
    }
}
