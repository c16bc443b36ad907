//! What went wrong, and where.

use serde::{Deserialize, Serialize};

use crate::faults::Fault;

/// Where the trouble lies; the page picks the remedy it offers by this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ErrorKind {
    /// A file could not be fetched.
    Network,
    /// A model's files are missing, cut short or do not fit together.
    Model,
    /// A data set cannot be read.
    Data,
    /// The settings cannot be run.
    Settings,
    /// The device cannot be had, or was lost.
    Device,
    /// Training ran into a value that is not a number.
    Diverged,
    /// Page and worker do not understand each other.
    Protocol,
    /// The command does not fit the engine's state (no model yet, a run already going).
    State,
}

/// One error; whoever has words for its fault says what was wrong, where, and what to do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EngineError {
    pub kind: ErrorKind,
    pub fault: Fault,
}

impl EngineError {
    pub fn new(kind: ErrorKind, fault: impl Into<Fault>) -> Self {
        Self {
            kind,
            fault: fault.into(),
        }
    }
}

/// The engines have no words.
#[cfg(any(feature = "cli", feature = "ui"))]
impl std::fmt::Display for EngineError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}", self.fault)
    }
}

#[cfg(any(feature = "cli", feature = "ui"))]
impl std::error::Error for EngineError {}
