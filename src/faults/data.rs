//! Of data files, and of tokenizers.

use serde::{Deserialize, Serialize};

/// What may be wrong with a data file, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum DataError {
    Empty {
        file: String,
    },
    WebPage {
        file: String,
    },
    /// Neither in UTF-8 nor in Windows-1252.
    NotText {
        file: String,
        line: usize,
        character: usize,
        byte: u8,
    },
    /// Where nothing else is read.
    NotUtf8 {
        file: String,
    },
    BrokenUtf16 {
        file: String,
    },
    Binary {
        file: String,
    },
    UnknownFormat {
        file: String,
        /// Endings of the files that will do.
        supported: Vec<String>,
    },
    JsonList {
        file: String,
    },
    TooLarge {
        file: String,
        megabytes: usize,
        most: u64,
    },
    NoRows {
        file: String,
    },
    MissingColumn {
        file: String,
        column: String,
        found: Vec<String>,
        hint: Option<SeparatorHint>,
    },
    Line {
        file: String,
        line: usize,
        reason: LineError,
    },
    OneLabel {
        file: String,
        label: String,
    },
    NoLabels {
        file: String,
    },
}

/// What usually separates the columns of a file that seems to have a single one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum SeparatorHint {
    Commas,
    Tabs,
}

/// What may be wrong with a line of a data file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum LineError {
    MissingField {
        column: String,
        found: Vec<String>,
    },
    FieldCount {
        found: usize,
        expected: usize,
    },
    EmptyField {
        column: String,
    },
    UnknownSplit {
        found: String,
    },
    /// A field begins with a quote that is never closed.
    OpenQuote,
    /// A field begins with a quote whose other one stands amid a text, on another line.
    QuoteAmidText {
        line: usize,
    },
    /// An escape in JSON that is half of a surrogate pair.
    HalfCharacter {
        escape: String,
    },
    NoObject {
        reason: String,
        character: usize,
    },
    NotStrings {
        column: String,
        found: String,
    },
    UnevenTags {
        tokens: usize,
        tags: usize,
    },
    EmptyTokens,
    UnknownTag {
        tag: String,
    },
    /// Not of SQuAD's form.
    NotAnswers {
        reason: String,
    },
    UnevenAnswers {
        texts: usize,
        starts: usize,
    },
    /// The context has something else at this character.
    AnswerElsewhere {
        answer: String,
        start: usize,
    },
    /// No passage with its question.
    NotPassage {
        reason: String,
    },
}

/// Why there is no tokenizer, or no encoding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum TokenizerError {
    Unreadable(String),
    /// The same, where it is known of which files.
    UnreadableFiles {
        files: Vec<String>,
        reason: String,
    },
    /// The vocabulary has no such mark.
    LacksMark {
        mark: String,
    },
    /// A line of merges that are no two tokens.
    Line {
        file: String,
        line: usize,
        found: String,
    },
    Encoding(String),
}
