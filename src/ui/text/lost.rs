//! Words on an engine that is gone.

pub const STOPPED_ANSWERING: &str = "it did not answer any more";

/// Why a run ended with its engine.
pub fn engine_stopped(reason: &str) -> String {
    format!("the engine stopped. {reason}")
}
