//! What a checkpoint says of itself, and how it is told whether a run is the one that it was taken of.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::Told;
use crate::engine::base::Base;
use crate::engine::helpers::{from_bytes, to_bytes};
use crate::engine::proof::{Digests, hexadecimal};
use crate::faults::{CheckpointError, DifferingSetting, Fault};
use crate::protocol::{PROTOCOL_VERSION, RunOptions, Scores};
use crate::settings::TrainingSettings;

/// Raised whenever what a checkpoint holds changes.
const FORMAT: u32 = 2;

/// The part that is read before any tensor.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Record {
    format: u32,
    /// Of the program that wrote it: the state holds nouns of the protocol.
    protocol: u32,
    /// Steps made.
    pub step: usize,
    /// For whoever opens the file; the run goes by those in the state.
    settings: Value,
    pub marks: Marks,
    /// A `State` in postcard, in hexadecimal: JSON has no NaN, and may lose a number's last digit.
    state: String,
}

/// What a run is made of beside its settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marks {
    /// SHA-256 of the model's configuration; its weights are told by the digests.
    pub model: String,
    /// SHA-256 of the examples as the model reads them, and of texts given to the remedies.
    pub data: String,
}

/// Where a run stands, its tensors and the numbers of its steps apart.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct State {
    pub settings: TrainingSettings,
    pub options: RunOptions,
    /// Of the optimizer.
    pub updates: i32,
    /// Steps made when the best weights were evaluated, and their validation loss in nats.
    pub best: Option<(usize, f64)>,
    pub evaluations_without_improvement: usize,
    /// On the test split, before the first step.
    pub before: Option<Scores>,
    /// On the validation split, where the run is judged by it.
    pub validation_before: Option<Scores>,
    /// Of every tensor before the first step.
    pub digests: Option<Digests>,
    /// Whether the evaluation after the last step has yet to score the validation split.
    pub is_to_be_scored: bool,
    /// Whether it has yet to measure what the model can do beside the task.
    pub is_to_be_measured: bool,
    pub news: Vec<Told>,
    /// Since the run began, pauses among it.
    pub elapsed_millis: f64,
    pub training_millis: f64,
    pub test_scoring_millis: f64,
}

impl Record {
    pub fn new(step: usize, marks: Marks, state: &State) -> Result<Self, Fault> {
        Ok(Self {
            format: FORMAT,
            protocol: PROTOCOL_VERSION,
            step,
            settings: serde_json::to_value(&state.settings).map_err(Fault::foreign)?,
            marks,
            state: hexadecimal(&to_bytes(state)?),
        })
    }

    /// # Errors
    /// Where the text is none, or another version of the program wrote it.
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        let damaged = |e: serde_json::Error| CheckpointError::DamagedRecord {
            reason: e.to_string(),
        };
        let value: Value = serde_json::from_str(text).map_err(damaged)?;
        let number = |name: &str| value[name].as_u64();
        let ours = (Some(u64::from(FORMAT)), Some(u64::from(PROTOCOL_VERSION)));
        if (number("format"), number("protocol")) != ours {
            return Err(CheckpointError::OtherVersion);
        }
        serde_json::from_value(value).map_err(damaged)
    }

    pub fn state(&self) -> Result<State, CheckpointError> {
        let digits = self.state.as_bytes().as_chunks::<2>();
        let byte = |pair: &[u8; 2]| {
            let text = std::str::from_utf8(pair).ok()?;
            u8::from_str_radix(text, 16).ok()
        };
        let bytes: Option<Vec<u8>> = digits.0.iter().map(byte).collect();
        let bytes = bytes.filter(|_| digits.1.is_empty());
        from_bytes(&bytes.ok_or(CheckpointError::DamagedState)?)
            .map_err(|_| CheckpointError::DamagedState)
    }
}

impl Marks {
    /// `data` is a `content_hash`.
    pub fn of(base: &Base, data: String) -> Self {
        let config = Sha256::digest(base.config.json().as_bytes());
        Self {
            model: hexadecimal(&config),
            data,
        }
    }
}

/// SHA-256 of what is to be read, in hexadecimal.
pub fn content_hash<T: Serialize>(content: &T) -> Result<String, Fault> {
    Ok(hexadecimal(&Sha256::digest(to_bytes(content)?)))
}

/// Settings in which two runs differ: their names, and both values.
pub fn differing_settings(
    saved: &TrainingSettings,
    wanted: &TrainingSettings,
) -> Vec<DifferingSetting> {
    let value = |settings| serde_json::to_value(settings).unwrap_or_default();
    let mut differ = Vec::new();
    compare("settings", &value(saved), &value(wanted), &mut differ);
    differ
}

/// Goes into what has the same fields on both sides, so that a method's own settings are named too.
fn compare(name: &str, saved: &Value, wanted: &Value, differ: &mut Vec<DifferingSetting>) {
    if let (Value::Object(saved), Value::Object(wanted)) = (saved, wanted)
        && saved.keys().eq(wanted.keys())
    {
        for ((name, saved), wanted) in saved.iter().zip(wanted.values()) {
            compare(name, saved, wanted, differ);
        }
    } else if saved != wanted {
        differ.push(DifferingSetting {
            name: name.to_owned(),
            wanted: wanted.to_string(),
            saved: saved.to_string(),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{LoraSettings, Strategy};

    #[test]
    fn settings_that_differ_are_named_with_both_values() {
        let saved = TrainingSettings::default();
        let wanted = TrainingSettings {
            learning_rate: 0.1,
            strategy: Strategy::Lora(LoraSettings {
                rank: 2,
                ..LoraSettings::default()
            }),
            max_grad_norm: f64::INFINITY,
            ..saved.clone()
        };
        assert!(differing_settings(&wanted, &wanted).is_empty());
        let differing = differing_settings(&saved, &wanted);
        assert_eq!(differing.len(), 3);
        let differ = CheckpointError::OtherSettings { differing }.to_string();
        for words in [
            "learning_rate is 0.1, in the checkpoint 0.001",
            "rank is 2, in the checkpoint 8",
            "max_grad_norm",
        ] {
            assert!(differ.contains(words), "{differ}");
        }
    }

    #[test]
    fn a_record_of_another_version_is_refused_in_words() {
        let other = r#"{"format": 0, "protocol": 1}"#;
        let error = Record::parse(other).unwrap_err().to_string();
        assert!(error.contains("another version"), "{error}");
        let error = Record::parse("{").unwrap_err().to_string();
        assert!(error.contains("damaged"), "{error}");
    }
}
