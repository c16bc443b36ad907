//! Of texts that the learner gives a model to read.

use serde::{Deserialize, Serialize};

use super::{Fault, TokenizerError};

/// Why a model cannot read a text as it is asked to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum TextError {
    /// The text's own fault.
    Unfillable(FillError),
    /// The encoder's.
    FillsNoMasks(FillError),
    TooLongToDraw {
        tokens: usize,
        most: usize,
    },
    /// Two labels that the model's next token does not tell apart.
    SameToken {
        first: String,
        second: String,
    },
}

/// Why nothing could be filled in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum FillError {
    Tokenizer(TokenizerError),
    NoMask,
    TooLong { tokens: usize, most: usize },
    NoHead,
    Device(Box<Fault>),
}

holds!(FillError {
    Tokenizer(TokenizerError),
});
