//! `summary.json`.

use serde::Serialize;

use super::ending::{Ending, EndingReport};
use crate::protocol::GeneralScore;
use crate::settings::TrainingSettings;

#[derive(Serialize)]
pub struct Summary {
    pub task: &'static str,
    pub strategy: String,
    pub model: String,
    pub data: String,
    pub device: &'static str,
    /// In the order of the head's rows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub labels: Option<Vec<String>>,
    /// What there was to train on, and what its classes counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub train: Option<serde_json::Value>,
    pub trainable_parameters: usize,
    pub total_parameters: usize,
    /// The validation split, where there is one.
    pub validation: Option<Change>,
    pub test: Option<Change>,
    pub general: Option<GeneralChange>,
    /// Of the weights file that the run wrote.
    pub bytes_saved: u64,
    pub training_seconds: f64,
    pub seconds: f64,
    /// The most bytes that the program held at one time, by its own count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub peak_memory_bytes: Option<u64>,
    /// The most that the system held for it, code and kept pages among it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub peak_resident_bytes: Option<u64>,
    #[serde(flatten)]
    pub ending_report: EndingReport,
    #[serde(skip)]
    pub ending: Ending,
    pub settings: TrainingSettings,
}

/// A split's metrics, as `warmup evaluate` prints them.
#[derive(Serialize)]
pub struct Change {
    pub before: serde_json::Value,
    pub after: serde_json::Value,
}

/// What became of what the model can do beside the task.
#[derive(Serialize)]
#[serde(untagged)]
pub enum GeneralChange {
    Language {
        tokens: usize,
        perplexity_before: f64,
        perplexity_after: f64,
    },
    Retrieval {
        questions: usize,
        found_before: usize,
        found_after: usize,
    },
}

impl GeneralChange {
    pub fn of(before: GeneralScore, after: GeneralScore) -> Option<Self> {
        match (before, after) {
            (GeneralScore::Language(before), GeneralScore::Language(after)) => {
                Some(Self::Language {
                    tokens: before.tokens,
                    perplexity_before: before.perplexity(),
                    perplexity_after: after.perplexity(),
                })
            }
            (
                GeneralScore::Retrieval { found, of },
                GeneralScore::Retrieval {
                    found: found_after, ..
                },
            ) => Some(Self::Retrieval {
                questions: of,
                found_before: found,
                found_after,
            }),
            _ => None,
        }
    }
}
