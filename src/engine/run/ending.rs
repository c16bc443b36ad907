//! The end of a run.

use super::*;
use crate::engine::examples::{by_label, mistakes};
use crate::protocol::{Confusion, RunSummary};
use crate::train::plan;

impl Run {
    pub(super) fn end(&mut self, watcher: &impl Watcher) -> Result<(), EngineError> {
        let (Some(frozen_proof), Some(before), Some((after, answers))) =
            (self.proof.take(), self.before, self.after.take())
        else {
            return Err(EngineError::new(
                ErrorKind::State,
                "the run ended before it began",
            ));
        };
        let run_plan = plan::describe(self.trainer.model(), &self.settings.strategy);
        let (by_label, counts) = by_label(&self.examples, &answers);
        let summary = RunSummary {
            before,
            after,
            confusion: Confusion { counts },
            by_label,
            mistakes: mistakes(&self.examples, &self.rows, &answers),
            frozen_proof,
            training_millis: self.clock.training_millis,
            total_millis: watcher.now_millis() - self.clock.started_millis,
            adapter_bytes: 4 * run_plan.trainable_parameters() as u64,
            peak_memory_bytes: watcher.peak_memory_bytes(),
        };
        let run_id = self.id;
        watcher.tell(Event::RunFinished { run_id, summary });
        Ok(())
    }
}
