//! What the learner must know about, and may do about it.

use crate::faults::Fault;
use crate::protocol::{AskKind, EngineError};

/// A notice that stands at the top of the page until it is dealt with.
#[derive(Debug, Clone, PartialEq)]
pub struct Notice {
    pub id: u32,
    pub cause: Cause,
}

/// Why there is a notice. The words for it are in `text::notices`.
#[derive(Debug, Clone, PartialEq)]
pub enum Cause {
    /// An ask could not be met.
    Ask {
        kind: Option<AskKind>,
        error: EngineError,
    },
    /// A run ended early.
    Run(EngineError),
    /// The worker never came up, or stopped later.
    Crashed {
        reason: String,
        at_start: bool,
        /// A run was going, which can be made anew.
        lost_run: bool,
    },
    /// The worker did not answer for so long that another was started.
    Lost { silent_seconds: u32, what: Silence },
    /// Runs that waited cannot have what they were to be made with.
    NotStarted { runs: usize, lack: Lack },
    /// Page and worker come from different builds.
    Stale { page: String, worker: String },
    /// WebGPU was asked for and cannot be had; the CPU does the work.
    NoWebGpu { reason: String },
    /// WebGPU is wished for and there, but this site was built without the engine for it, or is still building it.
    NoGpuEngine,
    /// The WebGPU engine did not come up; the CPU does the work.
    GpuFailed { reason: String },
    /// The GPU failed in use; the CPU does the work.
    GpuLost { reason: String, run: RunOnGpu },
    /// A worker that computed a part of each batch is gone; so many go on.
    HelperLost { workers: usize, reason: Fault },
    /// Checkpoints of the run could no longer be written.
    NotKept { reason: Fault },
    /// The lab's table of runs is larger than what the browser keeps.
    TableNotKept,
    /// Values in the address that cannot be used; the defaults stand in.
    Address(Vec<String>),
    /// The address lets no run make more steps.
    Shortened { steps: usize },
}

/// Whether a failed ask of this kind is told of at the top of the page, and not only where it was asked.
pub(super) fn is_said_at_the_top(kind: AskKind) -> bool {
    use AskKind::*;
    matches!(
        kind,
        LoadModel
            | LoadDataset
            | LoadGeneralText
            | StartRun
            | ResumeKeptRun
            | Pause
            | Resume
            | Step
            | Cancel
            | Generate
            | Verify
            | Bench
    )
}

/// What the page waited for when the worker fell silent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Silence {
    InRun,
    OnCancel,
    OnAsk,
}

/// What becomes of the run that was going on a GPU that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunOnGpu {
    /// There was none.
    Absent,
    /// It was kept, after this step the last time, and goes on from there.
    GoesOn { step: usize },
    /// It is the learner's to make it anew, or to go on with it where it was paused and kept.
    Ended,
}

/// What a run lacks that waits for its turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lack {
    Model(String),
    Dataset(String),
    /// A model that can learn from this data set.
    Suited(String),
}

/// What a button in a notice does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    Restart,
    /// The run that was lost is made anew.
    RunAnew,
    RestartAndRunAnew,
    Reload,
    LoadModelAgain,
    UseShippedModel,
    LoadDataAgain,
    UseDefaults,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Notices {
    list: Vec<Notice>,
    last_id: u32,
}

impl Notices {
    /// Adds a notice, unless the same one stands already.
    pub fn add(&mut self, cause: Cause) {
        if self.list.iter().any(|notice| notice.cause == cause) {
            return;
        }
        self.last_id += 1;
        let id = self.last_id;
        self.list.push(Notice { id, cause });
    }

    pub fn dismiss(&mut self, id: u32) {
        self.list.retain(|notice| notice.id != id);
    }

    pub fn retain(&mut self, keep: impl Fn(&Cause) -> bool) {
        self.list.retain(|notice| keep(&notice.cause));
    }

    pub fn list(&self) -> &[Notice] {
        &self.list
    }
}
