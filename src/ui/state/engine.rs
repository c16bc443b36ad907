//! Where the engine stands: on its way, at work, or gone.

use crate::protocol::EngineError;

/// The engine as the page knows it.
#[derive(Debug, Clone, PartialEq)]
pub enum Engine {
    Loading {
        what: Loading,
        progress: Option<Progress>,
    },
    /// Up, and with the model where one was asked for.
    Ready,
    Failed(Failure),
}

/// What is on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Loading {
    /// Choosing a device.
    Device,
    /// The engine's program.
    Program,
    /// The program has arrived and starts up.
    Start,
    /// A file of the model or the data set.
    File(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    pub received_bytes: u64,
    pub total_bytes: Option<u64>,
}

impl Progress {
    /// In `0..=1`, where the total is known.
    pub fn fraction(&self) -> Option<f64> {
        let total = self.total_bytes.filter(|total| *total > 0)?;
        Some((self.received_bytes as f64 / total as f64).min(1.0))
    }
}

/// Why there is no working engine.
#[derive(Debug, Clone, PartialEq)]
pub enum Failure {
    /// The worker never came up, or stopped later.
    Crashed { at_start: bool },
    /// Page and worker come from different builds.
    Stale { page: String, worker: String },
    /// The engine is up but has no model to work with.
    Model(EngineError),
}

/// The one word that `data-state` carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    Loading,
    Ready,
    Training,
    Paused,
    Failed,
}

impl Status {
    pub fn name(self) -> &'static str {
        match self {
            Self::Loading => "loading",
            Self::Ready => "ready",
            Self::Training => "training",
            Self::Paused => "paused",
            Self::Failed => "failed",
        }
    }
}
