//! Scoring as units of one batch.

use super::*;
use crate::engine::helpers::Scored;

/// A split being scored.
pub struct Scoring {
    pub stage: RunStage,
    pub split: Split,
    units: Vec<Vec<usize>>,
    next: usize,
    answers: Answers,
    /// The model without autodiff, made once.
    model: Option<Model>,
}

impl Scoring {
    pub fn new(stage: RunStage, split: Split, examples: &Examples, model: &Model) -> Box<Self> {
        Box::new(Self {
            stage,
            split,
            units: examples.units(model, split),
            next: 0,
            answers: examples.no_answers(),
            model: None,
        })
    }

    /// Batches scored, and all of them.
    pub fn progress(&self) -> (usize, usize) {
        (self.next, self.units.len())
    }
}

impl Run {
    /// Scores the next batch, or as many as there are workers, and gives the rest back; at the end of the split says
    /// what it came to.
    pub(super) async fn score(
        &mut self,
        mut scoring: Box<Scoring>,
        crew: &mut Crew<impl Helper>,
        watcher: &impl Watcher,
    ) -> Result<Option<Box<Scoring>>, EngineError> {
        let began = watcher.now_millis();
        if scoring.next == 0 {
            self.stage_clock.begin(began);
        }
        if scoring.next < scoring.units.len() {
            let model = scoring
                .model
                .get_or_insert_with(|| self.trainer.model().valid());
            let scored = Scored {
                examples: &self.examples,
                trainer: &self.trainer,
                model,
                split: scoring.split,
                units: &scoring.units[scoring.next..],
                is_first: scoring.next == 0,
            };
            let clock = || watcher.now_millis();
            let answered = crew.score(scored, &mut scoring.answers, clock).await;
            scoring.next += answered.map_err(device_error)?;
            self.tell_lost(crew, watcher);
            if scoring.stage == RunStage::ScoringBefore {
                self.clock.test_scoring_millis += watcher.now_millis() - began;
            }
            return Ok(Some(scoring));
        }
        self.scored(*scoring, watcher)?;
        Ok(None)
    }

    fn scored(&mut self, scoring: Scoring, watcher: &impl Watcher) -> Result<(), EngineError> {
        let found = self.examples.scores(&scoring.answers, scoring.split);
        let evaluated = Event::RunEvaluated {
            run_id: self.id,
            step: self.trainer.step,
            split: scoring.split,
            scores: found,
        };
        self.tell(evaluated, watcher);
        let split = scoring.split;
        match scoring.stage {
            RunStage::ScoringBefore => {
                self.judged(split).before = Some(found);
                if split == Split::Test {
                    self.pause_before_training(watcher);
                }
            }
            RunStage::Preparing | RunStage::Training => self.validated(found),
            RunStage::ScoringAfter => self.judged(split).after = Some((found, scoring.answers)),
        }
        Ok(())
    }

    pub(super) fn judged(&mut self, split: Split) -> &mut Judged {
        match split {
            Split::Validation => &mut self.validation,
            Split::Train | Split::Test => &mut self.test,
        }
    }

    /// For runs that are made step by step.
    pub(super) fn pause_before_training(&mut self, watcher: &impl Watcher) {
        self.paused = self.options.start_paused;
        if self.paused {
            self.tell_paused(watcher);
        }
    }

    pub(super) fn tell_paused(&self, watcher: &impl Watcher) {
        let (run_id, step) = (self.id, self.trainer.step);
        watcher.tell(Event::RunPaused { run_id, step });
    }
}
