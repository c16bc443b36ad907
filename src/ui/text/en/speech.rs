//! Words for what a model that goes on with no text cannot do.

use crate::protocol::Speech;

/// What somebody would like such a model to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    Continue,
    NextToken,
    Prompt,
    /// Beside an encoder that fills the same blank.
    Blank,
}

pub const LOAD_DECODER: &str = "Load a GPT-2 instead";

pub fn why(wish: Wish, name: &str, speech: Speech) -> String {
    let does = match speech {
        Speech::NextToken => "goes on with a text",
        Speech::MaskedWord => "fills in hidden words and does not go on with a text",
        Speech::Silent => "turns texts into vectors and says no words",
    };
    let so = match wish {
        Wish::Continue => "there is nothing that it could continue",
        Wish::NextToken => "there is no next piece to ask it for",
        Wish::Prompt => "it cannot be prompted, only tuned",
        Wish::Blank => "it has nothing to say after the words before the blank",
    };
    format!("{name} {does}, so {so}.")
}
