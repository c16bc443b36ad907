//! What the answers of the interview come to.

/// What an answer speaks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pull {
    Tuning,
    Prompting,
    Neither,
}

/// Where the answers lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Advice {
    Unfinished,
    Tune,
    Prompt,
    /// They speak for both: begin with the cheaper one.
    PromptThenTune,
}
