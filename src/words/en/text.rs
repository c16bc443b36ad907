use super::{fault, tokenizer};
use crate::faults::{FillError, TextError};

pub fn text(error: &TextError) -> String {
    match error {
        TextError::Unfillable(reason) => format!("The text {}.", fill(reason)),
        TextError::FillsNoMasks(reason) => format!(
            "This encoder fills no masks: {}. Load one that was pre-trained on masked words.",
            fill(reason)
        ),
        TextError::TooLongToDraw { tokens, most } => format!(
            "The text is {tokens} tokens long; attention is drawn for at most {most}. Shorten it."
        ),
        TextError::SameToken { first, second } => format!(
            "The labels \"{first}\" and \"{second}\" begin with the same token, and the model is asked for one token: it cannot tell them apart."
        ),
    }
}

pub fn fill(error: &FillError) -> String {
    match error {
        FillError::Tokenizer(error) => tokenizer(error),
        FillError::NoMask => {
            "has no [MASK] to fill; write [MASK] where the word is missing".to_owned()
        }
        FillError::TooLong { tokens, most } => {
            format!("is {tokens} tokens long, but this model reads at most {most}; shorten it")
        }
        FillError::NoHead => "the weights hold no masked-word head (cls.predictions)".to_owned(),
        FillError::Device(reason) => fault(reason),
    }
}
