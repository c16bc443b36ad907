//! What an adapter from elsewhere turned out to be.

use serde::{Deserialize, Serialize};

use super::{RunId, Scores, Split};
use crate::faults::Fault;
use crate::settings::{Strategy, Task};

/// An adapter from elsewhere, which answers now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Brought {
    pub name: String,
    pub strategy: Strategy,
    pub task: Task,
    /// In the order of the head's outputs, where they have names.
    pub labels: Vec<String>,
    /// Beside the base's own, the head's left out.
    pub parameters: usize,
    /// Under which it stands on the shelf, where it can be blended.
    pub run_id: Option<RunId>,
    /// What was scored, and what it came to or why it was not.
    pub split: Split,
    pub scores: Result<Scores, Unscored>,
}

/// Why an adapter could not be scored on the data at hand.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Unscored {
    NoData,
    OtherTask {
        data: Task,
    },
    /// Other labels than the adapter's, or the same in another order.
    OtherLabels {
        data: Vec<String>,
    },
    NoRows,
    /// The tokenizer's reason.
    Unreadable(Fault),
}
