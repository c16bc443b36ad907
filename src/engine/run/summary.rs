//! A run's last word.

use super::*;
use crate::engine::examples::{by_label, mistakes};
use crate::protocol::{Confusion, RunSummary};

impl Run {
    pub(super) async fn finish(
        &mut self,
        answers: &Answers,
        after: Scores,
        base: &Base,
        host: &impl Host,
    ) -> Result<(), EngineError> {
        self.sample(base, host, Moment::After).await?;
        let digests = Digests::of(self.trainer.model())
            .await
            .map_err(device_error)?;
        let (Some(digests_before), Some(before)) = (self.digests_before.take(), self.before) else {
            return Err(EngineError::new(
                ErrorKind::State,
                "the run ended before it began",
            ));
        };
        let run_plan = plan::describe(self.trainer.model(), &self.settings.strategy);
        let (by_label, counts) = by_label(&self.examples, answers);
        let summary = RunSummary {
            before,
            after,
            confusion: Confusion { counts },
            by_label,
            mistakes: mistakes(&self.examples, &self.rows, answers),
            frozen_proof: Digests::compare(digests_before, digests),
            training_millis: self.clock.training_millis,
            total_millis: host.now_millis() - self.clock.started_millis,
            adapter_bytes: 4 * run_plan.trainable_parameters() as u64,
            peak_memory_bytes: host.peak_memory_bytes(),
        };
        self.state = State::Finished;
        self.tell(
            host,
            Event::RunFinished {
                run_id: self.id,
                summary,
            },
        );
        Ok(())
    }
}
