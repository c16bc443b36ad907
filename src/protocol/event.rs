//! What the engine tells the page: answers to its asks, and news that nobody asked for one by one.

use serde::{Deserialize, Serialize};

use super::types::*;
use super::{EngineError, Reply, RunId};
use crate::faults::Fault;

/// Past tense: it has happened.
#[allow(clippy::large_enum_variant)] // it lives for the moment until its bytes are sent or it has been applied
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Event {
    /// The worker is up. Always the first event.
    Ready {
        protocol_version: u32,
        build_id: String,
        device: DeviceInfo,
    },
    DownloadProgressed {
        file: String,
        received_bytes: u64,
        total_bytes: Option<u64>,
    },
    /// What the model at hand can be measured on for forgetting.
    GeneralTextLoaded(GeneralTextInfo),

    /// What the run is busy with between its steps.
    RunStageEntered {
        run_id: RunId,
        stage: RunStage,
    },
    /// How far the stage is, where it is not training; told a few times a second.
    RunStageAdvanced {
        run_id: RunId,
        progress: StageProgress,
    },
    /// Metrics since the last such event: at most one event a display frame.
    StepsCompleted {
        run_id: RunId,
        steps: Vec<StepMetrics>,
        progress: RunProgress,
    },
    /// A split was scored.
    RunEvaluated {
        run_id: RunId,
        step: usize,
        split: Split,
        scores: Scores,
    },
    /// What the model can do beside the task was measured with the weights as they are.
    GeneralScored {
        run_id: RunId,
        /// Steps made.
        step: usize,
        score: GeneralScore,
    },
    /// Patience ran out: so many evaluations in a row had no lower validation loss. Scoring follows.
    RunStoppedEarly {
        run_id: RunId,
        /// Steps made.
        step: usize,
        evaluations_without_improvement: usize,
    },
    /// The run ends with the weights it had after `step` steps, of the lowest validation loss.
    BestModelRestored {
        run_id: RunId,
        step: usize,
        validation_loss_nats: f64,
    },
    SampleGenerated {
        run_id: RunId,
        when: Moment,
        text: String,
    },
    /// A checkpoint was written, from which the run can be gone on with.
    RunKept {
        run_id: RunId,
        /// Steps made.
        step: usize,
        bytes: u64,
    },
    /// None could be written, and no more will be tried: the run goes on in memory only.
    RunNotKept {
        run_id: RunId,
        reason: Fault,
    },
    RunPaused {
        run_id: RunId,
        step: usize,
    },
    RunResumed {
        run_id: RunId,
    },
    RunFinished {
        run_id: RunId,
        summary: RunSummary,
    },
    RunCancelled {
        run_id: RunId,
        step: usize,
    },
    RunFailed {
        run_id: RunId,
        step: usize,
        error: EngineError,
        /// Of a run that diverged: the steps that the last good weights had gone through. Those weights
        /// are now the tuned ones. `None` where there are none.
        kept_step: Option<usize>,
    },

    TokenGenerated {
        text: String,
    },
    CaseVerified(VerifiedQuantity),
    /// A case of a verification could not be run at all.
    CaseNotRun {
        case: String,
        reason: Fault,
    },
    /// The engine keeps the adapter of a run that has just finished.
    AdapterKept(AdapterInfo),

    /// The answer to the ask that the frame's request id names.
    Answered(Reply),
    /// That ask could not be met.
    Failed(EngineError),
    /// That ask was given up, as the page wished.
    Cancelled,
    /// A worker that computed a part of each batch is gone; so many go on, the engine's own among them.
    HelperLost {
        workers: usize,
        reason: Fault,
    },
}

impl Event {
    /// The run that it is an event of.
    pub fn run_id(&self) -> Option<RunId> {
        match self {
            Self::RunStageEntered { run_id, .. }
            | Self::RunStageAdvanced { run_id, .. }
            | Self::StepsCompleted { run_id, .. }
            | Self::RunEvaluated { run_id, .. }
            | Self::GeneralScored { run_id, .. }
            | Self::RunStoppedEarly { run_id, .. }
            | Self::BestModelRestored { run_id, .. }
            | Self::SampleGenerated { run_id, .. }
            | Self::RunKept { run_id, .. }
            | Self::RunNotKept { run_id, .. }
            | Self::RunPaused { run_id, .. }
            | Self::RunResumed { run_id }
            | Self::RunFinished { run_id, .. }
            | Self::RunCancelled { run_id, .. }
            | Self::RunFailed { run_id, .. } => Some(*run_id),
            Self::Ready { .. }
            | Self::DownloadProgressed { .. }
            | Self::GeneralTextLoaded(_)
            | Self::TokenGenerated { .. }
            | Self::CaseVerified(_)
            | Self::CaseNotRun { .. }
            | Self::AdapterKept(_)
            | Self::Answered(_)
            | Self::Failed(_)
            | Self::Cancelled
            | Self::HelperLost { .. } => None,
        }
    }
}
