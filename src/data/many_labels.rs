//! Texts with any number of labels each, and what the model gets of them.

use serde::{Deserialize, Serialize};

use super::tokenizer::Tokenizer;
use crate::faults::TokenizerError;
use crate::protocol::Split;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManyLabelsText {
    pub text: String,
    /// For each of [`ManyLabelsDataset::labels`] whether the text has it.
    pub has: Vec<bool>,
    pub split: Split,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManyLabelsDataset {
    /// In numeric order where all are numbers, else in alphabetical order.
    pub labels: Vec<String>,
    pub rows: Vec<ManyLabelsText>,
}

/// A text as token ids, cut to the run's length, with yes (1) or no (0) for each label.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EncodedManyLabels {
    pub ids: Vec<i32>,
    pub answers: Vec<i32>,
}

impl ManyLabelsDataset {
    pub fn encode(
        &self,
        split: Split,
        tokenizer: &Tokenizer,
        max_length: usize,
    ) -> Result<Vec<EncodedManyLabels>, TokenizerError> {
        let rows = self.rows.iter().filter(|row| row.split == split);
        rows.map(|row| {
            let ids = tokenizer.text_ids(&row.text, max_length)?;
            let answers = row.has.iter().map(|has| i32::from(*has)).collect();
            Ok(EncodedManyLabels { ids, answers })
        })
        .collect()
    }
}
