//! What a run has told, told again after it was broken off.

use super::*;
use crate::protocol::RunProgress;

impl Run {
    /// Tells, and remembers what it has told.
    pub(super) fn tell(&mut self, event: Event, watcher: &impl Watcher) {
        self.history.note(&event);
        watcher.tell(event);
    }

    /// Tells everything again, in the order in which it was told first.
    pub(super) fn retell(&self, watcher: &impl Watcher) {
        let mut next = 0;
        for told in self.history.news() {
            self.retell_steps(next..told.step, watcher);
            next = next.max(told.step);
            watcher.tell(told.event(self.id));
        }
        self.retell_steps(next..self.history.steps_made(), watcher);
    }

    fn retell_steps(&self, steps: std::ops::Range<usize>, watcher: &impl Watcher) {
        if steps.is_empty() {
            return;
        }
        let progress = RunProgress {
            completed_steps: steps.end,
            ..self.progress()
        };
        let schedule = self.settings.schedule();
        let metrics = |step: usize| {
            let [loss_nats, gradient_norm, remedy_loss_nats, millis] = self.history.step(step);
            StepMetrics {
                step,
                epoch: self.feed.epochs_after(step),
                loss_nats,
                learning_rate: schedule.learning_rate_at(step),
                gradient_norm,
                remedy_loss_nats,
                step_millis: f64::from(millis),
            }
        };
        watcher.tell(Event::StepsCompleted {
            run_id: self.id,
            steps: steps.map(metrics).collect(),
            progress,
        });
    }
}
