//! What the engine and its helpers say to each other: exhaustive enums in postcard bytes, and long rows of numbers
//! beside them.

use std::ops::Range;

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::engine::examples::{Answers, Examples};
use crate::engine::general::{General, Measured};
use crate::faults::{Fault, HelperError};
use crate::protocol::{Split, Workload};
use crate::settings::TrainingSettings;
use crate::train::Share;

/// Words, and the numbers that go with them.
#[derive(Debug, Clone)]
pub struct Letter<T> {
    pub words: T,
    pub numbers: Vec<f32>,
}

impl<T> Letter<T> {
    /// Without numbers.
    pub fn of(words: T) -> Self {
        Self {
            words,
            numbers: Vec::new(),
        }
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Ask {
    /// Build the model that this `config.json` describes; its weights come as a file beside it. Answered by `Done`.
    Load { config: String },
    /// Prepare that model as a run has prepared its own. Answered by `Done`.
    Prepare(Box<Job>),
    /// Make a benchmark's model. Answered by `Done`.
    PrepareBench(Workload),
    /// Find the gradients of these shares where the trained parameters have the values that come as numbers. Answered
    /// by `Gradients`.
    Differentiate { shares: Vec<Share> },
    /// The same of some of a benchmark's rows.
    DifferentiateBench { rows: Range<usize> },
    /// Score a unit of a split. The trained parameters' values come as numbers where they are not those of the last
    /// ask. Answered by `Scored`.
    Score { split: Split, unit: Vec<usize> },
    /// Measure a unit of what the model can do beside the task; values as above. Answered by `Measured`.
    Measure { unit: usize },
}

/// All that a helper must know of a run.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Job {
    /// What is scored; of what is trained on, the rows come with each step.
    pub examples: Examples,
    /// What forgetting is measured on.
    pub general: Option<General>,
    /// The model's own head stays if it fits.
    pub keeps_head: bool,
    pub settings: TrainingSettings,
    pub class_weights: Option<Vec<f32>>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Answer {
    Done,
    /// The gradients' numbers come beside.
    Gradients {
        /// Which of the trained parameters got any.
        present: Vec<bool>,
        loss: Option<f32>,
        replayed_loss: Option<f32>,
    },
    Scored(Answers),
    Measured(Measured),
    /// It could not be done.
    Refused(Fault),
}

pub fn to_bytes<T: Serialize>(words: &T) -> Result<Vec<u8>, HelperError> {
    postcard::to_allocvec(words).map_err(|e| {
        let reason = e.to_string();
        HelperError::Unencodable { reason }
    })
}

pub fn from_bytes<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, HelperError> {
    postcard::from_bytes(bytes).map_err(|e| {
        let (bytes, reason) = (bytes.len(), e.to_string());
        HelperError::Undecodable { bytes, reason }
    })
}
