//! How the rows of a file are written.

use crate::faults::DataError;

/// How a file's rows are written, as its ending has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    Separated(char),
    JsonLines,
}

impl Layout {
    pub fn of_labelled(file: &str) -> Result<Self, DataError> {
        Self::of_extension(file).ok_or_else(|| unknown(file, &[".csv", ".tsv", ".jsonl"]))
    }

    /// For rows that hold lists.
    pub fn of_lists(file: &str) -> Result<Self, DataError> {
        match Self::of_extension(file) {
            Some(Self::JsonLines) => Ok(Self::JsonLines),
            _ => Err(unknown(file, &[".jsonl"])),
        }
    }

    /// `None` for plain text.
    pub fn of_texts(file: &str) -> Result<Option<Self>, DataError> {
        match Self::of_extension(file) {
            Some(layout) => Ok(Some(layout)),
            None if extension(file) == "txt" => Ok(None),
            None => Err(unknown(file, &[".txt", ".csv", ".tsv", ".jsonl"])),
        }
    }

    fn of_extension(file: &str) -> Option<Self> {
        match extension(file).as_str() {
            "csv" => Some(Self::Separated(',')),
            "tsv" => Some(Self::Separated('\t')),
            "jsonl" | "ndjson" => Some(Self::JsonLines),
            _ => None,
        }
    }
}

fn unknown(file: &str, supported: &[&str]) -> DataError {
    DataError::UnknownFormat {
        file: file.to_owned(),
        supported: supported.iter().map(|end| (*end).to_owned()).collect(),
    }
}

/// In lower case; what follows `?` or `#` in an address is no part of it.
fn extension(file: &str) -> String {
    let path = file.split(['?', '#']).next().unwrap_or(file);
    path.rsplit_once('.')
        .map_or(String::new(), |(_, end)| end.to_ascii_lowercase())
}
