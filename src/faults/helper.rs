//! Of workers that compute beside the engine.

use serde::{Deserialize, Serialize};

/// Why a helper cannot be had, or is no use any more. Reasons are the browser's own words, where it has any.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum HelperError {
    /// There are none in such a place.
    NoneHere,
    NotStarted {
        reason: Option<String>,
    },
    /// Its program could not be fetched.
    Unfetched,
    Stopped {
        reason: String,
    },
    Unreachable {
        reason: Option<String>,
    },
    LineClosed,
    Silent,
    /// Of a message between engine and helper, as the encoder says.
    Unencodable {
        reason: String,
    },
    Undecodable {
        bytes: usize,
        reason: String,
    },
}
