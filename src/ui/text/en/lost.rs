//! Words on an engine that is gone.

pub const STOPPED_ANSWERING: &str = "it did not answer any more";
