//! The steps of a run, and the telling of their numbers.

use super::works::Work;
use super::*;
use crate::faults::RunError;
use crate::protocol::RunProgress;
use crate::settings::divergence::likely_cause;
use crate::train::trainer::Measured;

/// Metrics go out at most once a display frame.
const FRAME_MILLIS: f64 = 16.0;

impl Run {
    /// Reads the last step's numbers and tells all that has not been told yet.
    pub async fn settle(&mut self, watcher: &impl Watcher) -> Result<(), EngineError> {
        let last = self.pending.take();
        self.note(last, watcher).await?;
        self.send_metrics(watcher, true);
        Ok(())
    }

    /// Makes one step, then reads the numbers of the step before: the device never waits for them.
    pub(super) async fn train(
        &mut self,
        base: &Base,
        crew: &mut Crew<impl Helper>,
        watcher: &impl Watcher,
    ) -> Result<Option<Work>, EngineError> {
        let all = self.settings.total_steps;
        let is_exhausted = self.best.is_exhausted() && self.trainer.step < all;
        if !is_exhausted && self.trainer.step < all {
            let began = watcher.now_millis();
            let made = self.make_step(began, crew, watcher).await?;
            let previous = self.pending.replace(made);
            self.note(previous, watcher).await?;
            self.clock.training_millis += watcher.now_millis() - began;
            if self.after_step(watcher).await? {
                self.agenda.push_front(Work::Train);
                let scoring = self.scoring(RunStage::Training, Split::Validation);
                if let Some(measuring) = self.measurement_on_the_way(base)? {
                    self.agenda.push_front(measuring);
                }
                self.agenda.push_front(scoring);
                return Ok(None);
            }
        }
        if !is_exhausted && self.trainer.step < all {
            return Ok(Some(Work::Train));
        }
        self.settle(watcher).await?;
        if is_exhausted {
            watcher.tell(Event::RunStoppedEarly {
                run_id: self.id,
                step: self.trainer.step,
                evaluations_without_improvement: self.best.without_improvement(),
            });
        }
        self.restore_best(watcher);
        self.plan_ending(base)?;
        Ok(None)
    }

    /// Tells what is due after a step; whether the validation split is to be scored now.
    async fn after_step(&mut self, watcher: &impl Watcher) -> Result<bool, EngineError> {
        let (done, over) = (
            self.trainer.step,
            self.trainer.step >= self.settings.total_steps,
        );
        if over || self.single_step {
            self.settle(watcher).await?;
        } else {
            self.send_metrics(watcher, false);
        }
        if std::mem::take(&mut self.single_step) {
            self.paused = true;
            self.tell_paused(watcher);
        }
        let every = self.setup.evaluates_every;
        let can = self.examples.count(Split::Validation) > 0;
        let due = every > 0 && done.is_multiple_of(every) && can;
        // What the last step came to, the test split tells; the validation split only helps to choose.
        let scores = due && (!over || self.settings.watches_validation() || self.setup.only_trains);
        if scores {
            self.settle(watcher).await?;
        }
        Ok(scores)
    }

    /// Takes an evaluation on the validation split in.
    pub(super) fn validated(&mut self, found: Scores) {
        let steps_made = self.trainer.step;
        self.best
            .evaluated(steps_made, found.loss_nats, self.trainer.model());
    }

    /// Puts the best weights back where the settings ask for it.
    fn restore_best(&mut self, watcher: &impl Watcher) {
        let Some(best) = self.best.best() else { return };
        let Some(model) = &best.model else { return };
        watcher.tell(Event::BestModelRestored {
            run_id: self.id,
            step: best.steps_made,
            validation_loss_nats: best.loss_nats,
        });
        let model = model.clone();
        self.trainer.replace_model(model);
    }

    async fn make_step(
        &mut self,
        began_millis: f64,
        crew: &mut Crew<impl Helper>,
        watcher: &impl Watcher,
    ) -> Result<Pending, EngineError> {
        let step = self.trainer.step;
        let examples = Rc::clone(&self.examples);
        let batches = self.feed.batches(step).iter();
        let batches: Vec<_> = batches
            .map(|indices| examples.batch(indices, step))
            .collect();
        let replayed = self.replay.as_mut().map(|replay| replay.batch(step));
        let before = self.trainer.model().clone();
        let clock = || watcher.now_millis();
        let found = crew.gradients(&self.trainer, &batches, replayed.as_ref(), clock);
        let found = found.await.map_err(device_error)?;
        self.tell_lost(crew, watcher);
        Ok(Pending {
            outcome: self.trainer.update(found),
            began_millis,
            before,
        })
    }

    /// Tells of helpers that are no longer there.
    pub(super) fn tell_lost(&self, crew: &mut Crew<impl Helper>, watcher: &impl Watcher) {
        for reason in crew.take_lost() {
            watcher.tell(Event::HelperLost {
                workers: crew.workers(),
                reason,
            });
        }
    }

    /// Reads a step's numbers back and keeps them for the next event.
    async fn note(
        &mut self,
        made: Option<Pending>,
        watcher: &impl Watcher,
    ) -> Result<(), EngineError> {
        let Some(made) = made else {
            return Ok(());
        };
        let (step, learning_rate) = (made.outcome.step, made.outcome.learning_rate);
        let measured = made.outcome.read().await.map_err(device_error)?;
        if !measured.diverged() {
            self.last_good = Some((step, made.before));
            let metrics = StepMetrics {
                step,
                epoch: self.feed.epochs_after(step),
                loss_nats: measured.loss_nats,
                learning_rate,
                gradient_norm: measured.gradient_norm,
                remedy_loss_nats: measured.remedy_loss_nats,
                step_millis: watcher.now_millis() - made.began_millis,
            };
            self.history.stepped(&metrics);
            self.unsent.push(metrics);
            return Ok(());
        }
        self.diverged_at = Some(step);
        if measured.loss_nats.is_finite() {
            self.last_good = Some((step, made.before));
        }
        self.send_metrics(watcher, true);
        Err(self.divergence(measured, step, learning_rate))
    }

    /// What a step whose numbers are none ends the run with, and what to try against it.
    fn divergence(&self, measured: Measured, step: usize, learning_rate: f64) -> EngineError {
        let diverged = RunError::Diverged {
            step,
            loss_nats: measured.loss_nats,
            gradient_norm: measured.gradient_norm,
            causes: likely_cause(&self.settings, step, learning_rate),
        };
        EngineError::new(ErrorKind::Diverged, diverged)
    }

    fn send_metrics(&mut self, watcher: &impl Watcher, now: bool) {
        let millis = watcher.now_millis();
        if self.unsent.is_empty() || !(now || millis - self.last_sent_millis >= FRAME_MILLIS) {
            return;
        }
        self.last_sent_millis = millis;
        let steps = std::mem::take(&mut self.unsent);
        let progress = self.progress();
        let run_id = self.id;
        watcher.tell(Event::StepsCompleted {
            run_id,
            steps,
            progress,
        });
    }

    pub(super) fn progress(&self) -> RunProgress {
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
