//! Scoring as units of one batch.

use super::*;
use crate::engine::evaluate::{answer_batch, scores, scoring_batches};

/// A split being scored.
pub struct Scoring {
    pub stage: RunStage,
    pub split: Split,
    batches: Vec<Vec<usize>>,
    next: usize,
    pub answers: Vec<Answer>,
    /// The model without autodiff, made once.
    model: Option<Gpt2>,
}

impl Scoring {
    pub fn new(stage: RunStage, split: Split, texts: &[EncodedText]) -> Box<Self> {
        Box::new(Self {
            stage,
            split,
            batches: scoring_batches(texts),
            next: 0,
            answers: Vec::new(),
            model: None,
        })
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
        let texts = self.texts.of(scoring.split);
        if let Some(indices) = scoring.batches.get(scoring.next) {
            let model = scoring.model.get_or_insert_with(|| tuned.valid());
            let found = answer_batch(model, texts, indices, self.pad)
                .await
                .map_err(device_error)?;
            scoring.answers.extend(found);
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
        let found = scores(&scoring.answers, self.texts.of(scoring.split));
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
                self.finish(scoring.answers, found, base, host).await?;
            }
        }
        Ok(())
    }
}
