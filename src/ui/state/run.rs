//! One run of fine-tuning, as the page knows it.

mod events;

use std::sync::Arc;

use crate::faults::SurroundingsError;
use crate::protocol::{
    EngineError, ErrorKind, GeneralScore, RequestId, RunId, RunPlan, RunProgress, RunStage,
    RunSummary, Scores, Split, SplitSummary, StageProgress, StepMetrics,
};
use crate::settings::{Task, TrainingSettings};
use crate::ui::learner::RunTag;
use crate::ui::sources::own_model::ModelSource;
use crate::ui::state::RunOnGpu;

#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    pub request_id: RequestId,
    /// Given by the engine when the run starts.
    pub id: Option<RunId>,
    pub settings: TrainingSettings,
    /// What was loaded when it was asked for.
    pub learnt: Learnt,
    /// Set by whoever started it.
    pub tag: RunTag,
    pub plan: Option<Arc<RunPlan>>,
    pub phase: Phase,
    pub progress: Option<RunProgress>,
    /// Of the stage, where it is not training.
    pub stage_progress: Option<StageProgress>,
    pub steps: Vec<StepMetrics>,
    pub evaluations: Vec<Evaluation>,
    /// What the model can do beside the task, with the steps made so far.
    pub general: Vec<(usize, GeneralScore)>,
    pub sample_before: Option<String>,
    pub sample_after: Option<String>,
    pub log: Vec<LogEntry>,
    /// Steps made when the engine last wrote a checkpoint, and its bytes.
    pub kept: Option<(usize, u64)>,
}

/// What a run learns.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Learnt {
    pub dataset: String,
    pub task: Task,
    /// How many labels there are to choose one from; 0 where the task is another.
    pub classes: usize,
    /// Where the model comes from that it began with.
    pub source: Option<ModelSource>,
}

/// Where a run stands.
#[derive(Debug, Clone, PartialEq)]
pub enum Phase {
    /// Asked for; the engine has not answered yet.
    Starting,
    Active {
        stage: RunStage,
    },
    /// In the middle of a stage, which it goes on with.
    Paused {
        step: usize,
        stage: RunStage,
    },
    /// Told to end; the engine has not said yet that it has.
    Cancelling {
        stage: RunStage,
    },
    Finished {
        summary: Arc<RunSummary>,
    },
    Cancelled {
        step: usize,
    },
    Failed {
        step: usize,
        error: EngineError,
    },
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Evaluation {
    pub step: usize,
    pub split: Split,
    pub scores: Scores,
    /// Of the best weights, put back at the end, and not of those that the step led to.
    pub is_of_restored: bool,
}

/// Something that happened in a run, for the chart's log.
#[derive(Debug, Clone, PartialEq)]
pub struct LogEntry {
    pub step: usize,
    pub happening: Happening,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Happening {
    Started,
    Entered(RunStage),
    Evaluated(Split, Scores),
    Paused,
    Resumed,
    Finished,
    Cancelled,
    Failed,
    /// Patience ran out.
    StoppedEarly,
    /// The weights of this step are those the run ends with.
    BestRestored,
}

impl Run {
    pub fn new(request_id: RequestId, settings: TrainingSettings, learnt: Learnt) -> Self {
        Self {
            request_id,
            id: None,
            settings,
            learnt,
            tag: RunTag::default(),
            plan: None,
            phase: Phase::Starting,
            progress: None,
            stage_progress: None,
            steps: Vec::new(),
            evaluations: Vec::new(),
            general: Vec::new(),
            sample_before: None,
            sample_after: None,
            log: Vec::new(),
            kept: None,
        }
    }

    /// Whether the engine still works on it.
    pub fn is_going(&self) -> bool {
        self.stage().is_some()
    }

    /// What the engine is at, or will go on with, while it has this run.
    pub fn stage(&self) -> Option<RunStage> {
        match self.phase {
            Phase::Starting => Some(RunStage::ScoringBefore),
            Phase::Active { stage } | Phase::Paused { stage, .. } | Phase::Cancelling { stage } => {
                Some(stage)
            }
            Phase::Finished { .. } | Phase::Cancelled { .. } | Phase::Failed { .. } => None,
        }
    }

    /// Whether the learner waits for the engine: a paused run waits for the learner.
    pub fn is_awaited(&self) -> bool {
        self.is_going() && !self.is_paused()
    }

    /// Notes that one step is to be made; a pause follows.
    pub fn stepping(&mut self) {
        if let Phase::Paused { stage, .. } = self.phase {
            self.phase = Phase::Active { stage };
        }
    }

    /// Notes that the learner wants it to end.
    pub fn cancelling(&mut self) {
        if let Some(stage) = self.stage() {
            self.phase = Phase::Cancelling { stage };
        }
    }

    /// The engine that had it is gone, as the learner wished.
    pub fn cancelled(&mut self) {
        self.phase = Phase::Cancelled {
            step: self.completed_steps(),
        };
        self.note(Happening::Cancelled);
    }

    pub fn is_paused(&self) -> bool {
        matches!(self.phase, Phase::Paused { .. })
    }

    /// Its numbers grew past what float32 holds.
    pub fn has_diverged(&self) -> bool {
        matches!(&self.phase, Phase::Failed { error, .. } if error.kind == ErrorKind::Diverged)
    }

    /// Steps made, and the loss on the validation split then.
    pub fn validation_losses(&self) -> impl Iterator<Item = (usize, f64)> {
        self.evaluations
            .iter()
            .filter(|evaluation| {
                evaluation.split == Split::Validation && !evaluation.is_of_restored
            })
            .map(|evaluation| (evaluation.step, evaluation.scores.loss_nats))
    }

    pub fn completed_steps(&self) -> usize {
        self.steps.last().map_or(0, |metrics| metrics.step + 1)
    }

    pub fn summary(&self) -> Option<&Arc<RunSummary>> {
        match &self.phase {
            Phase::Finished { summary } => Some(summary),
            _ => None,
        }
    }

    /// What it came to on a split: nothing until it has ended, or where the split was not scored.
    pub fn came_to(&self, split: Split) -> Option<&SplitSummary> {
        let summary = self.summary()?;
        match split {
            Split::Test => Some(&summary.test),
            Split::Validation => summary.validation.as_ref(),
            Split::Train => None,
        }
    }

    /// The split before training, as soon as it is known.
    pub fn scores_before(&self, split: Split) -> Option<Scores> {
        let of_summary = self.came_to(split).map(|found| found.before);
        of_summary.or_else(|| {
            let first = |e: &&Evaluation| e.split == split && e.step == 0;
            self.evaluations.iter().find(first).map(|e| e.scores)
        })
    }

    /// The split after training, as soon as it is known. What validation came to on the way is not that.
    pub fn scores_after(&self, split: Split) -> Option<Scores> {
        let of_summary = self.came_to(split).map(|found| found.after);
        of_summary.or_else(|| {
            let last = |e: &&Evaluation| e.split == Split::Test && split == e.split && e.step > 0;
            self.evaluations.iter().rfind(last).map(|e| e.scores)
        })
    }

    fn general_before(&self) -> Option<GeneralScore> {
        let first = self.general.first().filter(|(step, _)| *step == 0)?;
        Some(first.1)
    }

    /// With the newest weights that have been scored.
    fn general_after(&self) -> Option<GeneralScore> {
        let last = self.general.last().filter(|(step, _)| *step > 0)?;
        Some(last.1)
    }

    /// Perplexity on the general text before the first step.
    pub fn perplexity_before(&self) -> Option<f64> {
        self.general_before()?.perplexity()
    }

    pub fn perplexity_after(&self) -> Option<f64> {
        self.general_after()?.perplexity()
    }

    /// The share of questions that find their passage, before the first step.
    pub fn retrieval_before(&self) -> Option<f64> {
        self.general_before()?.retrieval()
    }

    pub fn retrieval_after(&self) -> Option<f64> {
        self.general_after()?.retrieval()
    }

    /// The share of all parameters that this run trains, in `0..=1`.
    pub fn trainable_share(&self) -> Option<f64> {
        self.plan.as_deref().map(trainable_share)
    }

    pub fn is_cancelling(&self) -> bool {
        matches!(self.phase, Phase::Cancelling { .. })
    }

    pub fn fail(&mut self, step: usize, error: EngineError) {
        self.phase = Phase::Failed { step, error };
        self.note(Happening::Failed);
    }

    /// The worker is gone, and what it was training with it.
    pub fn engine_gone(&mut self, reason: &str) {
        if self.is_cancelling() {
            self.cancelled();
        } else if self.is_going() {
            let reason = reason.to_owned();
            let stopped = SurroundingsError::EngineStopped { reason };
            let error = EngineError::new(ErrorKind::Device, stopped);
            self.fail(self.completed_steps(), error);
        }
    }

    /// What becomes of the run when its GPU fails.
    pub fn after_gpu(&self) -> RunOnGpu {
        match self.kept {
            Some((step, _)) if !self.is_paused() => RunOnGpu::GoesOn { step },
            _ => RunOnGpu::Ended,
        }
    }

    fn note(&mut self, happening: Happening) {
        self.note_at(self.completed_steps(), happening);
    }

    fn note_at(&mut self, step: usize, happening: Happening) {
        self.log.push(LogEntry { step, happening });
    }
}

/// The share of a plan's parameters that train, in `0..=1`.
pub fn trainable_share(plan: &RunPlan) -> f64 {
    plan.trainable_parameters() as f64 / plan.total_parameters().max(1) as f64
}
