//! What the `summary.json` beside a result says of the run that made it.

use std::path::Path;

use serde::Deserialize;

use super::error::CliError;
use super::files::read_text;

#[derive(Debug, Deserialize)]
pub struct PastRun {
    /// As `--task` has it.
    pub task: Option<String>,
    /// In the order of the head's rows.
    pub labels: Option<Vec<String>>,
    settings: Option<Settings>,
}

#[derive(Debug, Deserialize)]
struct Settings {
    max_length: usize,
}

impl PastRun {
    /// `None` where the folder holds no summary, or one of something else.
    pub fn beside(folder: &Path) -> Result<Option<Self>, CliError> {
        let path = folder.join("summary.json");
        if !path.exists() {
            return Ok(None);
        }
        let text = read_text(&path)?;
        Ok(serde_json::from_str(&text).ok())
    }

    /// The length at which the run cut its texts.
    pub fn max_length(&self) -> Option<usize> {
        self.settings.as_ref().map(|settings| settings.max_length)
    }
}
