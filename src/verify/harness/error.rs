//! Why a case cannot be run, which is worse than a case whose numbers are off.

/// Says which file or tensor stands in the way.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CaseError {
    #[error("{path} is missing")]
    Missing { path: String },
    #[error("{path}: {reason}")]
    File { path: String, reason: String },
    #[error("{0}")]
    Device(String),
}

impl CaseError {
    pub fn file(path: &str, reason: impl std::fmt::Display) -> Self {
        Self::File {
            path: path.to_owned(),
            reason: reason.to_string(),
        }
    }
}

/// Read-backs say what they could not read.
impl From<String> for CaseError {
    fn from(reason: String) -> Self {
        Self::Device(reason)
    }
}
