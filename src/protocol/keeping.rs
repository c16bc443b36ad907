//! Runs that outlive the page.

use serde::{Deserialize, Serialize};

use super::choices::TextFile;
use crate::faults::Fault;

/// Where checkpoints of runs go.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Keeping {
    /// Into the browser's own store for this page; a run that an earlier page or worker has left there, if there is one.
    Here(Option<KeptRun>),
    /// Nowhere: another tab of this page has the store.
    Elsewhere,
    /// Nowhere: the browser has no store for it, for this reason.
    Nowhere(Fault),
}

/// A run that was broken off, and can be gone on with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KeptRun {
    /// What the page wanted to know of it again.
    pub note: String,
    /// Steps made.
    pub step: usize,
    pub total_steps: usize,
    /// Of its newest checkpoint.
    pub bytes: u64,
}

/// What a file of the whole workspace holds for the page.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Workspace {
    /// What the page keeps as text, as it packed it.
    pub texts: Vec<TextFile>,
    /// The learner's own data.
    pub data: Option<Vec<u8>>,
    /// Why the run in it could not be kept here; none where there is none, or it is.
    pub run_refused: Option<Fault>,
}
