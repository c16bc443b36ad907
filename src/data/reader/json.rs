//! Lines of JSON, and what is wrong with one.

use serde_json::{Map, Value};

use crate::faults::{DataError, LineError};

/// An object, and its line in the file, counted from 1.
pub type Numbered = (usize, Map<String, Value>);

/// The objects of a file of JSON Lines. Empty lines are none.
pub fn objects(file: &str, text: &str) -> Result<Vec<Numbered>, DataError> {
    let lines = text.lines().enumerate();
    let filled = lines.filter(|(_, line)| !line.trim().is_empty());
    let object = |(index, line): (usize, &str)| {
        let fields = serde_json::from_str(line).map_err(|e| DataError::Line {
            file: file.to_owned(),
            line: index + 1,
            reason: no_object(line, &e),
        })?;
        Ok((index + 1, fields))
    };
    filled.map(object).collect()
}

/// serde's own account without its "at line 1", which would stand beside the line's number in the file.
pub fn complaint(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let said = text
        .rsplit_once(" at line ")
        .map_or(&text[..], |(said, _)| said);
    said.to_owned()
}

/// Why `line` is no object.
pub fn no_object(line: &str, error: &serde_json::Error) -> LineError {
    match half_character(line) {
        Some(escape) => LineError::HalfCharacter {
            escape: escape.to_owned(),
        },
        None => LineError::NoObject {
            reason: complaint(error),
            character: error.column(),
        },
    }
}

/// The first escape that is half of a surrogate pair whose other half is not beside it.
fn half_character(line: &str) -> Option<&str> {
    let mut rest = line;
    while let Some(at) = rest.find('\\') {
        rest = &rest[at..];
        let pair = [unit(rest), rest.get(6..).and_then(unit)];
        let read = match pair {
            [Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)] => 12,
            [Some(0xd800..=0xdfff), _] => return rest.get(..6),
            // Whatever is escaped, it is not the beginning of an escape.
            _ => 2,
        };
        rest = rest.get(read..)?;
    }
    None
}

/// Of an escape such as `\ud83d`.
fn unit(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    u16::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_an_emoji_is_found() {
        assert_eq!(half_character(r#"{"a":"x \ud83d y"}"#), Some(r"\ud83d"));
        assert_eq!(half_character(r#"{"a":"\uDE00"}"#), Some(r"\uDE00"));
        assert_eq!(half_character(r#"{"a":"\ud83d\u0041"}"#), Some(r"\ud83d"));
        assert_eq!(half_character(r#"{"a":"\ud83d\ude00 \\ud83d é\n"}"#), None);
    }
}
