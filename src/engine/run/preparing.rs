//! Making ready what the remedies against forgetting need.

use super::works::Work;
use super::*;
use crate::engine::rehearsal::Rehearsal;

impl Run {
    /// One unit of it; training follows.
    pub(super) async fn prepare(
        &mut self,
        mut rehearsal: Box<Rehearsal>,
        base: &Base,
    ) -> Result<Option<Work>, EngineError> {
        let ready = rehearsal.advance(base, self.trainer.model()).await;
        if !ready.map_err(device_error)? {
            return Ok(Some(Work::Prepare(rehearsal)));
        }
        self.replay = rehearsal.install(base, &mut self.trainer, &self.settings);
        Ok(None)
    }
}
