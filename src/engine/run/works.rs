//! The kinds of work that a run is made of, and the small ones among them.

use burn::module::Module;

use super::scoring::Scoring;
use super::*;
use crate::engine::checkpoint::Checkpoint;
use crate::engine::general::{General, Measuring};
use crate::engine::proof::Digesting;
use crate::engine::rehearsal::Rehearsal;
use crate::model::sampling::Continuation;
use crate::protocol::Moment;

/// Numbers read back in a unit of digesting: some milliseconds of SHA-256.
const NUMBERS_A_UNIT: usize = 1 << 20;

/// Every kind carries what it needs and no more.
pub enum Work {
    /// Reading all weights back, to prove later which have moved.
    Digest(Box<Digesting>),
    /// Telling what a run before has found out at its beginning, which is this one's too.
    Recall(Box<Beginning>),
    /// Continuing the prompt.
    Sample(Moment, Box<Sampling>),
    /// What the model can do beside the task.
    MeasureGeneral(Box<Measuring>),
    /// Scoring a split.
    Score(Box<Scoring>),
    /// Making ready what the remedies against forgetting need.
    Prepare(Box<Rehearsal>),
    /// Putting a checkpoint's state in the place of the fresh one.
    Restore(Box<Checkpoint>),
    /// The steps, one a unit.
    Train,
    End,
}

/// A text being continued.
pub struct Sampling {
    text: Continuation,
    tokens_left: usize,
}

impl Sampling {
    pub fn new(text: Continuation, tokens: usize) -> Self {
        Self {
            text,
            tokens_left: tokens,
        }
    }
}

impl Work {
    /// The stage that the work belongs to; small work belongs to the stage that is on.
    pub fn stage(&self, now: RunStage) -> RunStage {
        match self {
            Self::Score(scoring) => scoring.stage,
            Self::Prepare(_) | Self::Restore(_) => RunStage::Preparing,
            Self::Recall(_) => RunStage::ScoringBefore,
            Self::Train => RunStage::Training,
            Self::Digest(_) | Self::Sample(..) | Self::MeasureGeneral(_) | Self::End => now,
        }
    }
}

impl Run {
    pub(super) async fn digest(
        &mut self,
        mut digesting: Box<Digesting>,
    ) -> Result<Option<Work>, EngineError> {
        let read = digesting.advance(NUMBERS_A_UNIT).await;
        if !read.map_err(device_error)? {
            return Ok(Some(Work::Digest(digesting)));
        }
        let digests = digesting.finish();
        match self.digests.take() {
            None => self.digests = Some(digests),
            Some(before) => self.proof = Some(Digests::compare(before, digests)),
        }
        Ok(None)
    }

    /// One token of the continuation.
    pub(super) async fn sample(
        &mut self,
        when: Moment,
        mut sampling: Box<Sampling>,
        base: &Base,
        watcher: &impl Watcher,
    ) -> Result<Option<Work>, EngineError> {
        if sampling.tokens_left > 0 {
            sampling.tokens_left -= 1;
            let id = sampling.text.next().await.map_err(device_error)?;
            if !base.ends(id) {
                return Ok(Some(Work::Sample(when, sampling)));
            }
        }
        let text = base.tokenizer.decode(&sampling.text.ids, true);
        let (run_id, text) = (self.id, text.unwrap_or_default());
        self.tell(Event::SampleGenerated { run_id, when, text }, watcher);
        Ok(None)
    }

    pub(super) async fn measure(
        &mut self,
        mut measuring: Box<Measuring>,
        crew: &mut Crew<impl Helper>,
        watcher: &impl Watcher,
    ) -> Result<Option<Work>, EngineError> {
        let Some(general) = self.general.clone() else {
            return Ok(None);
        };
        let clock = || watcher.now_millis();
        let measured = crew.measure(&mut measuring, &general, &self.trainer, clock);
        let is_over = measured.await.map_err(device_error)?;
        self.tell_lost(crew, watcher);
        if !is_over {
            return Ok(Some(Work::MeasureGeneral(measuring)));
        }
        let scored = Event::GeneralScored {
            run_id: self.id,
            step: self.trainer.step,
            score: measuring.finish(),
        };
        self.tell(scored, watcher);
        Ok(None)
    }

    /// The same beside an evaluation within the run. It takes as long as the evaluation, hundreds of passages as many
    /// steps: text is gone through in the quarters of a run, passages once, in its middle.
    pub(super) fn measurement_on_the_way(&self, base: &Base) -> Result<Option<Work>, EngineError> {
        let is_long = matches!(self.general.as_deref(), Some(General::Retrieval { .. }));
        let parts = if is_long { 2 } else { 4 };
        let (done, all) = (self.trainer.step, self.settings.total_steps);
        match begins_a_part(done, self.setup.evaluates_every, all, parts) {
            true => self.measurement(base),
            false => Ok(None),
        }
    }

    /// What measures the model as it is now; none where nothing has been loaded to measure on.
    pub(super) fn measurement(&self, base: &Base) -> Result<Option<Work>, EngineError> {
        let Some(general) = &self.general else {
            return Ok(None);
        };
        let model = self.trainer.model().valid();
        let measuring = Measuring::new(general, model, &base.model).map_err(device_error)?;
        Ok(Some(Work::MeasureGeneral(Box::new(measuring))))
    }
}

/// Whether the evaluation after `done` steps is the first in one of so many equal parts of the run, its first part left out.
fn begins_a_part(done: usize, every: usize, all: usize, parts: usize) -> bool {
    let part = |step: usize| (parts * step / all).min(parts - 1);
    part(done) > part(done - every)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_but_the_first_has_one_evaluation_that_begins_it() {
        let due = |every: usize, all: usize, parts: usize| {
            let evaluations = (every..=all).step_by(every);
            let due = evaluations.filter(|done| begins_a_part(*done, every, all, parts));
            due.collect::<Vec<_>>()
        };
        assert_eq!(due(7, 60, 2), [35]);
        assert_eq!(due(20, 60, 2), [40]);
        assert_eq!(due(60, 60, 2), [60]);
        assert_eq!(due(1, 5, 2), [3]);
        assert_eq!(due(25, 206, 4), [75, 125, 175]);
        assert_eq!(due(68, 206, 4), [68, 136, 204]);
    }
}
