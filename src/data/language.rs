//! How a model's own language is trained: on the next token of every place, or on hidden ones.

use super::batch::Batch;
use super::masking::Masking;
use crate::settings::Seed;

#[derive(Debug, Clone, Copy)]
pub enum Language {
    /// A decoder's.
    NextToken,
    /// An encoder's.
    HiddenTokens(Masking),
}

impl Language {
    /// Rows of one length that teach themselves. `seed` decides what is hidden, where anything is.
    pub fn batch(self, rows: Vec<Vec<i32>>, seed: Seed) -> Batch {
        match self {
            Self::NextToken => Batch::causal(rows),
            Self::HiddenTokens(masking) => masking.hide(rows, None, seed),
        }
    }
}
