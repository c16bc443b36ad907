//! How a run changes with what the engine tells of it.

use std::sync::Arc;

use super::{Evaluation, Happening, Phase, Run};
use crate::protocol::{Event, Moment, RunStage, RunStart, RunSummary, Scores, Split};

impl Run {
    /// Takes in that the engine has begun with it.
    pub fn started(&mut self, start: &RunStart) {
        self.id = Some(start.run_id);
        self.settings.total_steps = start.total_steps;
        self.plan = Some(Arc::new(start.plan.clone()));
        self.enter(RunStage::ScoringBefore);
        self.note(Happening::Started);
    }

    /// Takes in an event of this run.
    pub fn apply(&mut self, event: Event) {
        match event {
            Event::RunStageEntered { stage, .. } => self.stage_entered(stage),
            Event::RunStageAdvanced { progress, .. } => self.stage_progress = Some(progress),
            Event::StepsCompleted {
                steps, progress, ..
            } => {
                self.steps.extend(steps);
                self.progress = Some(progress);
            }
            Event::RunEvaluated {
                step,
                split,
                scores,
                ..
            } => self.evaluated(step, split, scores),
            Event::GeneralScored { step, score, .. } => self.general.push((step, score)),
            Event::RunStoppedEarly { step, .. } => self.note_at(step, Happening::StoppedEarly),
            Event::BestModelRestored { step, .. } => self.note_at(step, Happening::BestRestored),
            Event::SampleGenerated { when, text, .. } => match when {
                Moment::Before => self.sample_before = Some(text),
                Moment::After => self.sample_after = Some(text),
            },
            Event::RunPaused { step, .. } => self.paused(step),
            Event::RunResumed { .. } => self.resumed(),
            Event::RunKept { step, bytes, .. } => self.kept = Some((step, bytes)),
            Event::RunNotKept { .. } => self.kept = None,
            Event::RunFinished { summary, .. } => self.finished(summary),
            Event::RunCancelled { step, .. } => {
                self.phase = Phase::Cancelled { step };
                self.note(Happening::Cancelled);
            }
            Event::RunFailed { step, error, .. } => self.fail(step, error),
            _ => {}
        }
    }

    fn stage_entered(&mut self, stage: RunStage) {
        self.stage_progress = None;
        self.enter(stage);
        self.note(Happening::Entered(stage));
    }

    /// Another stage has begun. Only the word that it goes on ends a pause, and only its end ends a cancelling.
    fn enter(&mut self, entered: RunStage) {
        match &mut self.phase {
            Phase::Paused { stage, .. } | Phase::Cancelling { stage } => *stage = entered,
            _ => self.phase = Phase::Active { stage: entered },
        }
    }

    /// What is scored after the best weights were put back is of those.
    fn evaluated(&mut self, step: usize, split: Split, scores: Scores) {
        let mut log = self.log.iter();
        let is_of_restored = log.any(|entry| entry.happening == Happening::BestRestored);
        self.evaluations.push(Evaluation {
            step,
            split,
            scores,
            is_of_restored,
        });
        self.note_at(step, Happening::Evaluated(split, scores));
    }

    /// A run that is told to end stays so: the pause was on its way before.
    fn paused(&mut self, step: usize) {
        if !self.is_paused() {
            self.note(Happening::Paused);
        }
        if let Some(stage) = self.stage().filter(|_| !self.is_cancelling()) {
            self.phase = Phase::Paused { step, stage };
        }
    }

    fn resumed(&mut self) {
        if let Phase::Paused { stage, .. } = self.phase {
            self.phase = Phase::Active { stage };
            self.note(Happening::Resumed);
        }
    }

    fn finished(&mut self, summary: RunSummary) {
        self.phase = Phase::Finished {
            summary: Arc::new(summary),
        };
        self.note(Happening::Finished);
    }
}
