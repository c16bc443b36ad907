//! The end of a run.

use super::*;
use crate::engine::examples::{by_label, class_answers, mistakes, row_verdicts};
use crate::faults::Fault;
use crate::protocol::{Confusion, RunSummary, SplitSummary};
use crate::train::plan;

impl Run {
    pub(super) fn end(&mut self, watcher: &impl Watcher) -> Result<(), EngineError> {
        let judged = std::mem::take(&mut self.test);
        let (Some(frozen_proof), Some(test)) =
            (self.proof.take(), self.came_to(judged, Split::Test))
        else {
            let fault = Fault::internal("the run ended before it began");
            return Err(EngineError::new(ErrorKind::State, fault));
        };
        let judged = std::mem::take(&mut self.validation);
        let run_plan = plan::describe(self.trainer.model(), &self.settings.strategy);
        let summary = RunSummary {
            test,
            validation: self.came_to(judged, Split::Validation),
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

    fn came_to(&self, judged: Judged, split: Split) -> Option<SplitSummary> {
        let (before, (after, answers)) = (judged.before?, judged.after?);
        let (examples, rows) = (&self.examples, &self.rows);
        let (by_label, counts) = by_label(examples, &answers);
        Some(SplitSummary {
            before,
            after,
            confusion: Confusion { counts },
            by_label,
            mistakes: mistakes(examples, rows, &answers, split),
            verdicts: row_verdicts(examples, rows, &answers, split),
            classes: class_answers(&answers),
        })
    }
}
