//! The rows of a file whose columns are separated by a character.
//!
//! Quoting goes by the separator. Between commas or semicolons a field may stand in quotes, as RFC 4180 has it, and
//! may then reach over several lines. Between tabs a line is a row, whatever it holds: GLUE's files have texts that
//! begin with a quote and never close it, and a parser that looks for the other quote swallows the rows in between.

use crate::faults::{DataError, LineError};

/// A row and the line it begins on, counted from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    pub line: usize,
    pub fields: Vec<String>,
}

/// What is wrong, and on which line.
#[derive(Debug, PartialEq, Eq)]
pub struct Broken {
    pub line: usize,
    pub reason: LineError,
}

impl Broken {
    pub fn of_file(self, file: &str) -> DataError {
        DataError::Line {
            file: file.to_owned(),
            line: self.line,
            reason: self.reason,
        }
    }
}

/// Rows of `text`, whose first line is line `first` of its file. Lines with nothing on them are no rows.
pub fn records(text: &str, separator: char, first: usize) -> Result<Vec<Record>, Broken> {
    if separator == '\t' {
        return Ok(lines_of_tabs(text, first));
    }
    let mut scanner = Scanner {
        rest: text,
        line: first,
        separator,
    };
    let mut found = Vec::new();
    while !scanner.rest.is_empty() {
        if !scanner.ends_line() {
            found.push(scanner.record()?);
        }
    }
    Ok(found)
}

fn lines_of_tabs(text: &str, first: usize) -> Vec<Record> {
    let lines = text.lines().enumerate();
    let filled = lines.filter(|(_, line)| !line.is_empty());
    let record = |(index, line): (usize, &str)| Record {
        line: first + index,
        fields: line.split('\t').map(unquoted).collect(),
    };
    filled.map(record).collect()
}

/// Without the quotes that a spreadsheet puts around a text that holds some: doubled within, one on each side.
/// Anything else is text as it stands.
fn unquoted(field: &str) -> String {
    let inner = field.strip_prefix('"').and_then(|f| f.strip_suffix('"'));
    match inner.map(|inner| (inner, inner.replace("\"\"", ""))) {
        Some((inner, without_pairs)) if !without_pairs.contains('"') => inner.replace("\"\"", "\""),
        _ => field.to_owned(),
    }
}

struct Scanner<'a> {
    rest: &'a str,
    line: usize,
    separator: char,
}

impl<'a> Scanner<'a> {
    /// Goes past the end of a line where one is next.
    fn ends_line(&mut self) -> bool {
        let ends = ["\r\n", "\n", "\r"];
        let Some(rest) = ends.iter().find_map(|end| self.rest.strip_prefix(end)) else {
            return false;
        };
        self.rest = rest;
        self.line += 1;
        true
    }

    fn record(&mut self) -> Result<Record, Broken> {
        let line = self.line;
        let mut fields = Vec::new();
        loop {
            fields.push(self.field()?);
            match self.rest.strip_prefix(self.separator) {
                Some(rest) => self.rest = rest,
                None => {
                    self.ends_line();
                    return Ok(Record { line, fields });
                }
            }
        }
    }

    fn field(&mut self) -> Result<String, Broken> {
        let opened = self.line;
        let mut field = match self.rest.strip_prefix('"') {
            Some(rest) => {
                self.rest = rest;
                self.quoted(opened)?
            }
            None => String::new(),
        };
        let behind = self.plain();
        if !behind.is_empty() && self.line > opened {
            // Whatever it was meant to be, rows would be swallowed.
            return Err(Broken {
                line: opened,
                reason: LineError::QuoteAmidText { line: self.line },
            });
        }
        field.push_str(behind);
        Ok(field)
    }

    /// Up to the separator or the end of the line.
    fn plain(&mut self) -> &'a str {
        let ends = |c: char| c == self.separator || c == '\n' || c == '\r';
        let (field, rest) = self
            .rest
            .split_at(self.rest.find(ends).unwrap_or(self.rest.len()));
        self.rest = rest;
        field
    }

    /// Up to the closing quote; two quotes in a row stand for one.
    fn quoted(&mut self, opened: usize) -> Result<String, Broken> {
        let mut field = String::new();
        loop {
            let Some((part, rest)) = self.rest.split_once('"') else {
                return Err(Broken {
                    line: opened,
                    reason: LineError::OpenQuote,
                });
            };
            field.push_str(part);
            self.line += line_ends(part);
            self.rest = rest;
            match rest.strip_prefix('"') {
                Some(rest) => {
                    field.push('"');
                    self.rest = rest;
                }
                None => return Ok(field),
            }
        }
    }
}

fn line_ends(text: &str) -> usize {
    let of = |c| text.matches(c).count();
    of("\n") + of("\r") - of("\r\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str, separator: char) -> Vec<(usize, Vec<String>)> {
        let found = records(text, separator, 1).unwrap();
        found.into_iter().map(|r| (r.line, r.fields)).collect()
    }

    fn row(line: usize, fields: &[&str]) -> (usize, Vec<String>) {
        (line, fields.iter().map(|f| (*f).to_owned()).collect())
    }

    #[test]
    fn quotes_hold_separators_quotes_and_line_ends() {
        let csv = "a,b\r\n\"one,\r\ntwo \"\"three\"\"\",c\n\n\"\",\nd,\"e\" f";
        assert_eq!(
            rows(csv, ','),
            [
                row(1, &["a", "b"]),
                row(2, &["one,\r\ntwo \"three\"", "c"]),
                row(5, &["", ""]),
                row(6, &["d", "e f"]),
            ]
        );
        assert_eq!(rows("a;b,c\r", ';'), [row(1, &["a", "b,c"])]);
        assert!(rows("\n\r\n", ',').is_empty());
    }

    #[test]
    fn a_quote_that_would_swallow_rows_is_an_error_where_it_opens() {
        let open = "a,b\n\"A triumph, he says,c\nd,e\n";
        assert_eq!(records(open, ',', 1).unwrap_err().line, 2);
        let closed_elsewhere = "a,b\n\"A triumph, he says,c\n\"Go, he says,e\n";
        let error = records(closed_elsewhere, ',', 1).unwrap_err();
        assert_eq!(error.line, 2);
        assert_eq!(error.reason, LineError::QuoteAmidText { line: 3 });
    }

    #[test]
    fn between_tabs_a_line_is_a_row() {
        let tsv = "\"A triumph, he says\tc\n\"He said \"\"no\"\"\"\t\"x\"\n\"a\" and \"b\"\t\"\n";
        assert_eq!(
            rows(tsv, '\t'),
            [
                row(1, &["\"A triumph, he says", "c"]),
                row(2, &["He said \"no\"", "x"]),
                row(3, &["\"a\" and \"b\"", "\""]),
            ]
        );
    }
}
