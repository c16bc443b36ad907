//! Passages with a question each that asks for it: what a model that makes vectors of texts is measured on.

use serde::Deserialize;

use crate::faults::{DataError, LineError};

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Passage {
    #[serde(rename = "passage")]
    pub text: String,
    pub question: String,
}

/// Reads JSON lines of `passage` and `question`.
pub fn read_passages(file: &str, bytes: &[u8]) -> Result<Vec<Passage>, DataError> {
    let text = std::str::from_utf8(bytes).map_err(|_| DataError::NotUtf8 {
        file: file.to_owned(),
    })?;
    let lines = text.lines().enumerate();
    let lines = lines.filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(at, line)| {
            serde_json::from_str(line).map_err(|e| DataError::Line {
                file: file.to_owned(),
                line: at + 1,
                reason: LineError::NotPassage {
                    reason: e.to_string(),
                },
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_is_none_is_named() {
        let good = b"{\"passage\":\"a\",\"question\":\"b\"}\n\n";
        assert_eq!(read_passages("p.jsonl", good).unwrap().len(), 1);
        let bad = b"{\"passage\":\"a\",\"question\":\"b\"}\n{\"passage\":\"a\"}\n";
        let error = read_passages("p.jsonl", bad).unwrap_err().to_string();
        assert!(
            error.contains("line 2") && error.contains("question"),
            "{error}"
        );
    }
}
