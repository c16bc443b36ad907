//! What a run does to the model's command of language at large.

use super::*;
use crate::engine::perplexity::text_loss;
use crate::protocol::GeneralLoss;

impl Run {
    /// Scores the general text with the model as it is, where there is one.
    pub(super) async fn score_general(
        &mut self,
        base: &Base,
        host: &impl Host,
    ) -> Result<(), EngineError> {
        let Some(ids) = self.general.clone() else {
            return Ok(());
        };
        let found = text_loss(&self.tuned(), &ids, base.config.n_positions)
            .await
            .map_err(device_error)?;
        let event = Event::GeneralTextScored {
            run_id: self.id,
            step: self.trainer.step,
            loss: GeneralLoss {
                tokens: found.tokens,
                nats_per_token: found.mean_nats(),
            },
        };
        self.tell(host, event);
        Ok(())
    }
}
