//! What went wrong, for a person.

use serde::{Deserialize, Serialize};

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

/// One error, in words that say what was wrong, where, and what to do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct EngineError {
    pub kind: ErrorKind,
    pub message: String,
}

impl EngineError {
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
        }
    }
}
