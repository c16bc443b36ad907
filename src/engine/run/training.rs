//! The steps of a run, and the telling of their numbers.

use super::*;
use crate::protocol::RunProgress;
use crate::settings::divergence::likely_cause;

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
            let made = self.make_step(step, began);
            let previous = self.pending.replace(made);
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
        let every = evaluation_interval(&self.settings, &self.options);
        let can = self.examples.count(Split::Validation) > 0;
        let due = every > 0 && done.is_multiple_of(every) && can;
        // What the last step came to, the test split tells; the validation split only helps to choose.
        if due && (!over || self.settings.watches_validation()) {
            self.settle(host).await?;
            self.state = State::Scoring(Scoring::new(
                RunStage::Training,
                Split::Validation,
                &self.examples,
            ));
        } else if over {
            self.end_training(host);
        }
        Ok(())
    }

    /// Takes an evaluation on the validation split in; goes on, or ends the training.
    pub(super) fn validated(&mut self, found: Scores, host: &impl Host) {
        let steps_made = self.trainer.step;
        self.best
            .evaluated(steps_made, found.loss_nats, self.trainer.model());
        let over = steps_made >= self.settings.total_steps;
        if self.best.is_exhausted() && !over {
            let event = Event::RunStoppedEarly {
                run_id: self.id,
                step: steps_made,
                evaluations_without_improvement: self.best.without_improvement(),
            };
            self.tell(host, event);
            self.end_training(host);
        } else if over {
            self.end_training(host);
        }
    }

    /// Puts the best weights back where the settings ask for it, and goes on to the last scoring.
    fn end_training(&mut self, host: &impl Host) {
        if let Some(best) = self.best.best()
            && let Some(model) = &best.model
        {
            let event = Event::BestModelRestored {
                run_id: self.id,
                step: best.steps_made,
                validation_loss_nats: best.loss_nats,
            };
            self.trainer.replace_model(model.clone());
            self.tell(host, event);
        }
        self.enter(host, RunStage::ScoringAfter);
        self.state = State::Scoring(Scoring::new(
            RunStage::ScoringAfter,
            Split::Test,
            &self.examples,
        ));
    }

    /// One unit of making ready; training follows.
    pub(super) async fn prepare(
        &mut self,
        base: &Base,
        host: &impl Host,
    ) -> Result<(), EngineError> {
        let State::Preparing(rehearsal) = &mut self.state else {
            return Ok(());
        };
        let model = self.trainer.model();
        let ready = rehearsal
            .advance(&base.model, base.pad(), model)
            .await
            .map_err(device_error)?;
        if ready && let State::Preparing(done) = std::mem::replace(&mut self.state, State::Training)
        {
            self.replay = done.install(&mut self.trainer, &self.settings);
            self.enter(host, RunStage::Training);
        }
        Ok(())
    }

    fn make_step(&mut self, step: usize, began_millis: f64) -> Pending {
        let examples = Rc::clone(&self.examples);
        let batches = self.feed.batches(step).iter();
        let batches: Vec<_> = batches.map(|indices| examples.batch(indices)).collect();
        let replayed = self.replay.as_mut().map(|replay| replay.batch(step));
        let before = self.trainer.model().clone();
        Pending {
            outcome: self.trainer.advance_over(&batches, replayed.as_ref()),
            began_millis,
            before,
        }
    }

    /// Reads a step's numbers back and keeps them for the next event.
    async fn note(&mut self, made: Option<Pending>, host: &impl Host) -> Result<(), EngineError> {
        let Some(made) = made else {
            return Ok(());
        };
        let (step, learning_rate) = (made.outcome.step, made.outcome.learning_rate);
        let measured = made.outcome.read().await.map_err(device_error)?;
        if measured.diverged() {
            if measured.loss_nats.is_finite() {
                self.last_good = Some((step, made.before));
            }
            let cause = likely_cause(&self.settings, step, learning_rate);
            return Err(EngineError::new(
                ErrorKind::Diverged,
                format!(
                    "The loss is {} at step {}: the numbers have grown past what float32 holds. {}{}.",
                    measured.loss_nats,
                    step + 1,
                    cause[..1].to_uppercase(),
                    &cause[1..],
                ),
            ));
        }
        self.last_good = Some((step, made.before));
        self.unsent.push(StepMetrics {
            step,
            epoch: self.feed.epochs_after(step),
            loss_nats: measured.loss_nats,
            learning_rate,
            gradient_norm: measured.gradient_norm,
            remedy_loss_nats: measured.remedy_loss_nats,
            step_millis: host.now_millis() - made.began_millis,
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
