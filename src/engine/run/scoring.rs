//! Scoring as units of one batch.

use super::*;

/// A split being scored.
pub struct Scoring {
    pub stage: RunStage,
    pub split: Split,
    units: Vec<Vec<usize>>,
    next: usize,
    pub answers: Answers,
    /// The model without autodiff, made once.
    model: Option<Gpt2>,
}

impl Scoring {
    pub fn new(stage: RunStage, split: Split, examples: &Examples) -> Box<Self> {
        Box::new(Self {
            stage,
            split,
            units: examples.units(split),
            next: 0,
            answers: examples.no_answers(),
            model: None,
        })
    }
}

impl Scoring {
    /// Batches scored, and all of them.
    pub fn progress(&self) -> (usize, usize) {
        (self.next, self.units.len())
    }
}

impl Run {
    /// Scores the next batch; at the end of the split says so and goes on to what follows.
    pub(super) async fn score(&mut self, base: &Base, host: &impl Host) -> Result<(), EngineError> {
        let began = host.now_millis();
        let tuned = self.trainer.model();
        let State::Scoring(scoring) = &mut self.state else {
            return Ok(());
        };
        if let Some(unit) = scoring.units.get(scoring.next) {
            let model = scoring.model.get_or_insert_with(|| tuned.valid());
            self.examples
                .answer(model, scoring.split, unit, &mut scoring.answers)
                .await
                .map_err(device_error)?;
            scoring.next += 1;
            if scoring.split == Split::Test && scoring.stage == RunStage::ScoringBefore {
                self.clock.test_scoring_millis += host.now_millis() - began;
            }
            return Ok(());
        }
        let State::Scoring(scoring) = std::mem::replace(&mut self.state, State::Training) else {
            return Ok(());
        };
        self.scored(scoring, base, host).await
    }

    /// To the first step, by way of what the remedies need.
    fn get_ready(&mut self, base: &Base, host: &impl Host) {
        let remedies = &self.settings.remedies;
        if !remedies.wants_text() && !remedies.anchors() {
            return self.enter(host, RunStage::Training);
        }
        let rehearsal = Rehearsal::new(&self.settings, base.config.n_positions, None);
        self.state = State::Preparing(Box::new(rehearsal));
        self.enter(host, RunStage::Preparing);
    }

    async fn scored(
        &mut self,
        scoring: Box<Scoring>,
        base: &Base,
        host: &impl Host,
    ) -> Result<(), EngineError> {
        let found = self.examples.scores(&scoring.answers, scoring.split);
        let step = self.trainer.step;
        let event = Event::RunEvaluated {
            run_id: self.id,
            step,
            split: scoring.split,
            scores: found,
        };
        self.tell(host, event);
        match scoring.stage {
            RunStage::ScoringBefore => {
                self.before = Some(found);
                self.get_ready(base, host);
                self.paused = self.options.start_paused;
                if self.paused {
                    self.tell(
                        host,
                        Event::RunPaused {
                            run_id: self.id,
                            step,
                        },
                    );
                }
            }
            RunStage::Preparing | RunStage::Training => {
                self.score_general(base, host).await?;
                self.validated(found, host);
            }
            RunStage::ScoringAfter => {
                self.score_general(base, host).await?;
                self.finish(&scoring.answers, found, base, host).await?;
            }
        }
        Ok(())
    }
}
