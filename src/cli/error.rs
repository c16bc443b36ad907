//! What a command may fail with: one clear line.

use std::path::Path;

use crate::faults::{
    AdapterError, DataError, Fault, FolderError, PlanError, TokenizerError, WeightError,
};
use crate::protocol::EngineError;

#[derive(Debug)]
pub struct CliError {
    message: String,
    exit_code: u8,
}

impl CliError {
    pub fn new(message: impl std::fmt::Display) -> Self {
        Self {
            message: message.to_string(),
            exit_code: 1,
        }
    }

    /// For a case that could not be run at all.
    pub fn could_not_run(message: impl std::fmt::Display) -> Self {
        Self {
            message: message.to_string(),
            exit_code: 2,
        }
    }

    /// For a run whose numbers grew past what float32 holds; its last good weights are saved.
    pub fn diverged(message: impl std::fmt::Display) -> Self {
        Self {
            message: message.to_string(),
            exit_code: 3,
        }
    }

    pub fn file(path: &Path, reason: impl std::fmt::Display) -> Self {
        Self::new(format!("{}: {reason}", path.display()))
    }

    pub fn exit_code(&self) -> u8 {
        self.exit_code
    }
}

impl std::fmt::Display for CliError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for CliError {}

macro_rules! from_errors {
    ($($source:ty),* $(,)?) => {
        $(impl From<$source> for CliError {
            fn from(error: $source) -> Self {
                Self::new(error)
            }
        })*
    };
}

from_errors!(
    AdapterError,
    DataError,
    Fault,
    FolderError,
    PlanError,
    TokenizerError,
    WeightError,
    EngineError,
    serde_json::Error,
    String,
);
