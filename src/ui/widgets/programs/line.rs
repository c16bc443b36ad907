//! A line of a program, and what it can be about.

/// A line of a program.
#[derive(Debug, PartialEq)]
pub struct Line {
    pub code: &'static str,
    /// What it is about; `None` for lines that only close a bracket or open a gap.
    pub part: Option<Part>,
    pub says: &'static str,
}

/// What a line can be about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Library,
    Model,
    Tokenizer,
    Padding,
    Reviews,
    Length,
    Folder,
    Epochs,
    Batch,
    Rate,
    Warmup,
    Loop,
    Strategy,
    Rank,
    Alpha,
    Dropout,
    Targets,
    Count,
}
