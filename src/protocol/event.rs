//! What the engine tells the page.

use serde::{Deserialize, Serialize};

use super::command::BlendPart;
use super::insight::{
    AttentionReport, EncoderInfo, ExampleStep, MaskGuess, MatrixInsight, PromptScores, Updates,
};
use super::types::*;
use super::{EngineError, RunId};

/// Past tense: it has happened.
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
    ModelLoaded(ModelInfo),
    DatasetLoaded(DatasetInfo),
    GeneralTextLoaded(GeneralTextInfo),
    RunPlanned(RunPlan),

    RunStarted {
        run_id: RunId,
        plan: RunPlan,
        /// Of the optimizer; where epochs are asked for, as many as they take.
        total_steps: usize,
    },
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
    GenerationFinished {
        prompt: String,
        text: String,
        tokens: usize,
        millis: f64,
    },
    TextClassified {
        label: String,
        probabilities: Vec<LabelProbability>,
    },
    Probed(Probe),
    UpdatesInspected(Updates),
    MatrixInspected(MatrixInsight),
    ExampleTrained(Vec<ExampleStep>),
    PromptsScored(PromptScores),

    CaseVerified(VerifiedQuantity),
    VerificationFinished {
        passed: usize,
        failed: usize,
        millis: f64,
    },
    BenchFinished {
        json: String,
    },

    /// Entities in the order of the text.
    TextTagged {
        text: String,
        spans: Vec<TextSpan>,
    },
    QuestionAnswered {
        question: String,
        context: String,
        answer: String,
        /// None where the text holds no answer.
        span: Option<TextSpan>,
    },
    /// The engine keeps the adapter of a run that has just finished.
    AdapterKept(AdapterInfo),
    /// From now on these answer.
    AdaptersBlended {
        parts: Vec<BlendPart>,
        merged: bool,
        /// Of adapters, beside the base's own and the head's.
        added_parameters: usize,
    },
    EncoderLoaded(EncoderInfo),
    /// One entry a `[MASK]`, in order.
    MaskFilled(Vec<MaskGuess>),
    Attended(AttentionReport),

    /// The ask that the frame's request id names could not be met.
    Failed(EngineError),
    /// The engine is there.
    Ponged,
}
