//! What a command may fail with: one clear line.

use std::path::Path;

#[derive(Debug, thiserror::Error)]
#[error("{message}")]
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
    crate::io::folder::FolderError,
    crate::io::adapter::AdapterError,
    crate::data::reader::DataError,
    crate::model::weights::WeightError,
    crate::data::tokenizer::TokenizerError,
    crate::methods::fit::PlanError,
    crate::protocol::EngineError,
    serde_json::Error,
    String,
);
