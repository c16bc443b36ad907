//! The asks that are not runs, each with how far its answer has come.

use std::sync::Arc;

use crate::protocol::{EngineError, LabelProbability, RunPlan, VerifiedQuantity};

/// What the settings on the page would train.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Plan {
    #[default]
    Unknown,
    Known(Arc<RunPlan>),
    Refused(EngineError),
}

/// A prompt being continued.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Generation {
    #[default]
    Idle,
    Going {
        prompt: String,
        text: String,
    },
    Done {
        prompt: String,
        text: String,
        tokens: usize,
        millis: f64,
    },
    Failed(EngineError),
}

/// A text being scored.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Classification {
    #[default]
    Idle,
    Going,
    Done {
        label: String,
        probabilities: Vec<LabelProbability>,
    },
    Failed(EngineError),
}

/// This machine's numbers against the reference's.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Verification {
    #[default]
    Idle,
    Going {
        rows: Vec<VerifiedQuantity>,
    },
    Done {
        rows: Vec<VerifiedQuantity>,
        passed: usize,
        failed: usize,
        millis: f64,
    },
    Failed {
        rows: Vec<VerifiedQuantity>,
        error: EngineError,
    },
}

impl Verification {
    pub fn rows(&self) -> &[VerifiedQuantity] {
        match self {
            Self::Idle => &[],
            Self::Going { rows } | Self::Done { rows, .. } | Self::Failed { rows, .. } => rows,
        }
    }

    /// Hands the rows on to the next stage.
    pub fn take_rows(&mut self) -> Vec<VerifiedQuantity> {
        match std::mem::take(self) {
            Self::Idle => Vec::new(),
            Self::Going { rows } | Self::Done { rows, .. } | Self::Failed { rows, .. } => rows,
        }
    }
}

/// A benchmark.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Bench {
    #[default]
    Idle,
    Going,
    Done {
        json: String,
    },
    Failed(EngineError),
}
