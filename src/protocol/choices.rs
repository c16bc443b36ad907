//! What asks are made of.

use serde::{Deserialize, Serialize};

use super::RunId;

/// Where the files of a model lie. URLs are absolute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ModelPlace {
    /// In a folder, under their usual names; the weights must be these, where a SHA-256 in hexadecimal is given.
    Folder { url: String, sha256: Option<String> },
    /// Chosen one by one; each lies at an address of its own.
    Files(Vec<NamedUrl>),
}

impl ModelPlace {
    /// Where a file of this name lies; none where it was not chosen.
    pub fn url(&self, file: &str) -> Option<String> {
        match self {
            Self::Folder { url, .. } => Some(format!("{}/{file}", url.trim_end_matches('/'))),
            Self::Files(files) => {
                let found = files.iter().find(|chosen| chosen.name == file)?;
                Some(found.url.clone())
            }
        }
    }
}

/// What an adapter counts in a blend.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct BlendPart {
    pub run_id: RunId,
    pub weight: f64,
}

/// A file and where it can be fetched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedUrl {
    pub name: String,
    pub url: String,
}

/// A small file that the page has written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextFile {
    pub name: String,
    pub text: String,
}

/// Files in one, to be saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Archive {
    /// Without an ending.
    pub name: String,
    pub bytes: Vec<u8>,
}

/// Which weights answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum WeightsChoice {
    /// As shipped.
    Base,
    /// As the last run left them; the base where there was none.
    Tuned,
    /// The same network as it is before any training, drawn from a fixed seed.
    Random,
}

/// What a run does besides training.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunOptions {
    /// Score the validation split so many times, evenly over the run, where the settings do not say how often; 0 never.
    /// `TrainingSettings::evaluation_interval` gives the steps between, once the number of steps is known.
    pub evaluations: usize,
    /// The validation split is scored before the first and after the last step as well, row by row.
    pub judges_validation: bool,
    /// Continue this text before and after.
    pub sample_prompt: String,
    pub sample_tokens: usize,
    /// Start paused, for going step by step.
    pub start_paused: bool,
    /// Keep checkpoints of the run, with these words of the page's; none keeps none.
    pub kept_as: Option<String>,
}

/// The benchmark's fixed work: the same weights, batch and maths as in other engines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Workload {
    /// Full fine-tuning.
    W1,
    /// LoRA r 8 on `c_attn` and both `c_proj`.
    W2,
}

impl Workload {
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "W1" => Some(Self::W1),
            "W2" => Some(Self::W2),
            _ => None,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::W1 => "W1",
            Self::W2 => "W2",
        }
    }
}
