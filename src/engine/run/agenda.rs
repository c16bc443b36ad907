//! What a run does, in order.

use super::beginning::Shared;
use super::scoring::Scoring;
use super::works::{Sampling, Work};
use super::*;
use crate::engine::proof::Digesting;
use crate::engine::rehearsal::Rehearsal;
use crate::model::sampling::Continuation;
use crate::protocol::Moment;

impl Run {
    /// From the first digest to the first step.
    pub(super) fn plan_beginning(
        &mut self,
        known: Option<Beginning>,
        base: &Base,
    ) -> Result<(), EngineError> {
        if !self.setup.only_trains || self.marks.is_some() {
            let digesting = Digesting::of(self.trainer.model());
            self.agenda.push_back(Work::Digest(Box::new(digesting)));
        }
        if !self.setup.only_trains {
            let start = Start::of(&self.settings, &self.options);
            let shared = known.map_or(Shared::Nothing, |known| known.shared_with(&start));
            self.start = Some(start);
            self.find_out(shared, base)?;
        }
        let preparation = self.preparation(base);
        self.agenda.extend(preparation);
        self.agenda.push_back(Work::Train);
        Ok(())
    }

    /// What is to be known before the first step, as far as no run before has found it out.
    fn find_out(&mut self, shared: Shared, base: &Base) -> Result<(), EngineError> {
        let recall = |beginning| Work::Recall(Box::new(beginning));
        let general = match shared {
            Shared::All(beginning) => {
                self.agenda.push_back(recall(beginning));
                return Ok(());
            }
            Shared::GeneralText(beginning) => Some(recall(beginning)),
            Shared::Nothing => self.measurement(base)?,
        };
        self.agenda.extend(self.sampling(Moment::Before, base)?);
        self.agenda.extend(general);
        self.judge(RunStage::ScoringBefore);
        Ok(())
    }

    /// What makes ready the remedies, where there are any.
    pub(super) fn preparation(&mut self, base: &Base) -> Option<Work> {
        let remedies = &self.settings.remedies;
        if !remedies.wants_text() && !remedies.anchors() {
            return None;
        }
        let texts = self.rehearsal_texts.take();
        let rehearsal = Rehearsal::new(&self.settings, base.positions(), texts);
        Some(Work::Prepare(Box::new(rehearsal)))
    }

    /// From the last step to the summary.
    pub(super) fn plan_ending(&mut self, base: &Base) -> Result<(), EngineError> {
        if self.setup.only_trains {
            return Ok(());
        }
        self.judge(RunStage::ScoringAfter);
        self.agenda.extend(self.measurement(base)?);
        self.agenda.extend(self.sampling(Moment::After, base)?);
        let digesting = Digesting::of(self.trainer.model());
        self.agenda.push_back(Work::Digest(Box::new(digesting)));
        self.agenda.push_back(Work::End);
        Ok(())
    }

    /// The test split last: what is heard of it ends the stage before training.
    fn judge(&mut self, stage: RunStage) {
        if self.options.judges_validation && !self.examples.is_blank(Split::Validation) {
            self.agenda
                .push_back(self.scoring(stage, Split::Validation));
        }
        self.agenda.push_back(self.scoring(stage, Split::Test));
    }

    pub(super) fn scoring(&self, stage: RunStage, split: Split) -> Work {
        let model = self.trainer.model();
        Work::Score(Scoring::new(stage, split, &self.examples, model))
    }

    /// The prompt continued by the model as it is; none where the model continues nothing.
    fn sampling(&self, when: Moment, base: &Base) -> Result<Option<Work>, EngineError> {
        let tuned = self.tuned();
        let (Some(model), tokens @ 1..) = (tuned.decoder(), self.options.sample_tokens) else {
            return Ok(None);
        };
        let ids = base.prompt_ids(&self.options.sample_prompt)?;
        let how = crate::settings::Sampling::Draw {
            temperature: 0.8,
            top_k: 40,
            top_p: 1.0,
            seed: self.settings.seed,
        };
        let text = Continuation::new(model.clone(), &ids, &how);
        let sampling = Sampling::new(text, tokens);
        Ok(Some(Work::Sample(when, Box::new(sampling))))
    }
}
