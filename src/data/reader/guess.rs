//! What a data file does not say and readers have to guess: its encoding, and what stands between its columns.

use std::borrow::Cow;

use super::encoding::{Encoding, decode};
use super::layout::Layout;
use super::refuse_other_files;
use crate::faults::DataError;

/// What was found otherwise than the file's ending promises; to be shown to whoever gave the file. Nothing of it for a
/// file in UTF-8 with the usual separator.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Guess {
    pub encoding: Option<Encoding>,
    pub separator: Option<char>,
}

impl Guess {
    pub fn is_usual(&self) -> bool {
        *self == Self::default()
    }
}

/// What readers take the file for; each of them reads by it.
pub fn guess(file: &str, bytes: &[u8]) -> Result<Guess, DataError> {
    let (text, encoding) = opened(file, bytes)?;
    let separator = match Layout::of_texts(file)? {
        Some(Layout::Separated(usual)) => {
            let found = separator(&text, usual).0;
            (found != usual).then_some(found)
        }
        _ => None,
    };
    Ok(Guess {
        encoding,
        separator,
    })
}

/// The text of a file that is one.
pub fn opened<'a>(
    file: &str,
    bytes: &'a [u8],
) -> Result<(Cow<'a, str>, Option<Encoding>), DataError> {
    let (text, encoding) = decode(file, bytes)?;
    refuse_other_files(file, &text)?;
    Ok((text, encoding))
}

/// Columns that some task reads.
const KNOWN: [&str; 7] = [
    "text",
    "label",
    "labels",
    "split",
    "hard",
    "prompt",
    "completion",
];

/// Lines that are looked at for whether they have as many columns as the header.
const LOOKED_AT: usize = 50;

/// What stands between the columns, and the text from the header on with the number of lines before it. A first line
/// `sep=;`, as Excel writes it, says what; else it is what makes the most known columns of the header, and of equals
/// what divides the most lines into as many columns.
pub fn separator(text: &str, usual: char) -> (char, &str, usize) {
    if let Some((said, rest)) = said(text) {
        return (said, rest, 1);
    }
    let header = text.lines().find(|line| !line.is_empty()).unwrap_or("");
    let columns = |separator: char| -> (usize, usize, usize) {
        let names = header.split(separator);
        let names: Vec<&str> = names.map(|n| n.trim().trim_matches('"')).collect();
        let is_known = |name: &&&str| KNOWN.iter().any(|known| name.eq_ignore_ascii_case(known));
        let lines = text.lines().filter(|line| !line.is_empty()).take(LOOKED_AT);
        let alike = lines.filter(|line| outside_quotes(line, separator) == names.len() - 1);
        // Beyond being several, how many the others are says nothing.
        let known = names.iter().filter(is_known).count();
        (known, names.len().min(2), alike.count())
    };
    let mut best = usual;
    for other in [',', ';', '\t'] {
        if columns(other) > columns(best) {
            best = other;
        }
    }
    (best, text, 0)
}

/// How often a character stands in a line outside quotes.
fn outside_quotes(line: &str, wanted: char) -> usize {
    let mut is_quoted = false;
    let mut found = 0;
    for c in line.chars() {
        is_quoted ^= c == '"';
        found += usize::from(c == wanted && !is_quoted);
    }
    found
}

fn said(text: &str) -> Option<(char, &str)> {
    let (line, rest) = text.split_once('\n')?;
    let line = line.trim_end_matches('\r').trim_matches('"');
    let (word, said) = line.split_at_checked(4)?;
    let mut said = said.chars();
    match (said.next(), said.next()) {
        (Some(separator @ (',' | ';' | '\t')), None) if word.eq_ignore_ascii_case("sep=") => {
            Some((separator, rest))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_tells_what_separates_columns() {
        let found = |text| separator(text, ',').0;
        assert_eq!(found("text,label\n"), ',');
        assert_eq!(found("text;label\na, b;c\n"), ';');
        assert_eq!(found("\"Text\"\t\"Label\"\r\n"), '\t');
        assert_eq!(found("note, as given;text;label\n"), ';');
        assert_eq!(found("review;stars\n"), ';');
        assert_eq!(found("text\na;b\n"), ',');
        assert_eq!(found("a;b,c\n"), ',');
        assert_eq!(found("a;b,c\nx;\"y, z; w\"\n"), ';');
        assert_eq!(separator("text,label\n", '\t').0, ',');
    }

    #[test]
    fn a_line_may_say_it() {
        let text = "sep=;\r\ntext;label\r\n";
        assert_eq!(separator(text, ','), (';', "text;label\r\n", 1));
        assert_eq!(separator("\"SEP=\t\"\na\tb", ','), ('\t', "a\tb", 1));
        assert_eq!(separator("sep=ab\na,b", ',').2, 0);
        assert_eq!(separator("separately,b\n", ',').2, 0);
    }

    #[test]
    fn what_is_usual_needs_no_telling() {
        let told = |file, bytes| guess(file, bytes).unwrap();
        assert!(told("x.csv", b"text,label\na,b\n").is_usual());
        assert!(told("x.txt", b"a;b").is_usual());
        let both = told("x.csv", b"text;label\ncaf\xe9;b\n");
        assert_eq!(both.separator, Some(';'));
        assert!(both.encoding.is_some() && !both.is_usual());
    }
}
