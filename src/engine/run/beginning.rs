//! What a run finds out before its first step, for the next run that begins as it did. Whoever compares strategies, or tries
//! one rate after another, has one model, one set and one seed, and all the runs begin with the same scores; with other
//! seeds the base model's loss on general text is still the same.

use super::*;
use crate::engine::checkpoint::Told;
use crate::settings::Strategy;

/// What a beginning depends on beside the model, the data and the general text, with which the engine forgets it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Start {
    /// The seed draws the head.
    seed: u64,
    max_length: usize,
    /// None where the tuned model says what the base says until it has moved, bit for bit.
    strategy: Option<Strategy>,
    judges_validation: bool,
    sample_prompt: String,
    sample_tokens: usize,
}

/// What was found before the first step.
#[derive(Debug, Clone)]
pub struct Beginning {
    start: Start,
    told: Vec<Told>,
    scoring_millis: f64,
}

impl Beginning {
    /// What of it another beginning has too: all, the loss on general text, or nothing.
    pub(super) fn shared_with(mut self, start: &Start) -> Shared {
        if self.start == *start {
            return Shared::All(self);
        }
        let is_the_bases = |start: &Start| start.strategy.is_none();
        if !is_the_bases(&self.start) || !is_the_bases(start) {
            return Shared::Nothing;
        }
        self.told.retain(Told::is_of_general_text);
        match self.told.is_empty() {
            true => Shared::Nothing,
            false => Shared::GeneralText(self),
        }
    }
}

pub(super) enum Shared {
    All(Beginning),
    GeneralText(Beginning),
    Nothing,
}

impl Start {
    pub(super) fn of(settings: &TrainingSettings, options: &RunOptions) -> Self {
        let is_the_bases = match &settings.strategy {
            // B is zero; DoRA's lengths are worked out anew, and rounded.
            Strategy::Lora(lora) => !lora.use_dora,
            strategy => !strategy.leaves_adapter(),
        };
        Self {
            seed: settings.seed,
            max_length: settings.max_length,
            strategy: (!is_the_bases).then(|| settings.strategy.clone()),
            judges_validation: options.judges_validation,
            sample_prompt: options.sample_prompt.clone(),
            sample_tokens: options.sample_tokens,
        }
    }
}

impl Run {
    /// What the run has found out before its first step, once, when all of it is there.
    pub fn take_beginning(&mut self) -> Option<Beginning> {
        self.test.before?;
        Some(Beginning {
            start: self.start.take()?,
            told: self.history.news().to_vec(),
            scoring_millis: self.clock.test_scoring_millis,
        })
    }

    /// Tells what a run before found out, as if it had been found out now.
    pub(super) fn recall(&mut self, beginning: Beginning, watcher: &impl Watcher) {
        for told in beginning.told {
            let event = told.event(self.id);
            if let Event::RunEvaluated { split, scores, .. } = &event {
                self.judged(*split).before = Some(*scores);
            }
            self.tell(event, watcher);
        }
        if self.test.before.is_some() {
            // What is left of a run is reckoned with it.
            self.clock.test_scoring_millis = beginning.scoring_millis;
            self.pause_before_training(watcher);
        }
    }
}
