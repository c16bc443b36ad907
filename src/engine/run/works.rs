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

    /// The same beside an evaluation within the run. Hundreds of passages take as long as many steps: they are looked
    /// through once on the way, at the first evaluation in the run's second half.
    pub(super) fn measurement_on_the_way(&self, base: &Base) -> Result<Option<Work>, EngineError> {
        let is_long = matches!(self.general.as_deref(), Some(General::Retrieval { .. }));
        let (done, all) = (self.trainer.step, self.settings.total_steps);
        let is_due =
            is_past_half(done, all) && !is_past_half(done - self.setup.evaluates_every, all);
        match is_long && !is_due {
            true => Ok(None),
            false => self.measurement(base),
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

fn is_past_half(done: usize, all: usize) -> bool {
    2 * done >= all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_the_evaluations_one_is_the_first_past_the_half() {
        for (every, all) in [(7, 60), (20, 60), (60, 60), (1, 5)] {
            let evaluations = (every..=all).step_by(every);
            let due = evaluations
                .filter(|done| is_past_half(*done, all) && !is_past_half(done - every, all));
            assert_eq!(due.count(), 1, "every {every} of {all}");
        }
    }
}
