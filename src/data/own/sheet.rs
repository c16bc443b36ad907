//! The rows of any file as one table, in which nothing has a meaning yet.

use std::collections::HashMap;

use super::names::is_known;
use crate::data::reader::{Encoding, Record, objects, opened, plain, records, separator};
use crate::faults::DataError;
use crate::protocol::{DataChoice, FileFormat};

#[derive(Debug)]
pub struct Sheet {
    pub file: String,
    /// Where it is not UTF-8.
    pub encoding: Option<Encoding>,
    pub format: FileFormat,
    pub has_header: bool,
    /// Names of the columns; numbers where the file gives none.
    pub names: Vec<String>,
    pub records: Vec<Record>,
}

impl Sheet {
    pub fn open(file: &str, bytes: &[u8], choice: &DataChoice) -> Result<Self, DataError> {
        let (text, encoding) = opened(file, bytes)?;
        let format = choice.format.unwrap_or_else(|| guessed(file, &text));
        let mut sheet = Self {
            file: file.to_owned(),
            encoding,
            format,
            has_header: false,
            names: Vec::new(),
            records: Vec::new(),
        };
        match format.separator() {
            Some(between) => sheet.read_separated(&text, between, choice.has_header)?,
            None if format == FileFormat::JsonLines => sheet.read_json_lines(&text)?,
            None => sheet.read_paragraphs(&text),
        }
        if sheet.records.is_empty() {
            return Err(DataError::NoRows { file: sheet.file });
        }
        Ok(sheet)
    }

    fn read_separated(
        &mut self,
        text: &str,
        between: char,
        has_header: Option<bool>,
    ) -> Result<(), DataError> {
        // Whatever separates the columns, a line that says so is no row.
        let (_, rows, skipped) = separator(text, between);
        let read = records(rows, between, skipped + 1);
        let mut read = read.map_err(|broken| broken.of_file(&self.file))?;
        self.has_header = has_header.unwrap_or_else(|| begins_with_names(&read));
        self.names = if self.has_header && !read.is_empty() {
            let names = read.remove(0).fields.into_iter();
            names.map(|name| name.trim().to_owned()).collect()
        } else {
            numbered(usual_width(&read))
        };
        self.records = read;
        Ok(())
    }

    /// Fields that a row does not have are empty.
    fn read_json_lines(&mut self, text: &str) -> Result<(), DataError> {
        if text.trim_start().starts_with('[') {
            return Err(DataError::JsonList {
                file: self.file.clone(),
            });
        }
        let rows = objects(&self.file, text)?;
        let mut places: HashMap<String, usize> = HashMap::new();
        for (_, fields) in &rows {
            for name in fields.keys() {
                if !places.contains_key(name) {
                    places.insert(name.clone(), self.names.len());
                    self.names.push(name.clone());
                }
            }
        }
        for (line, fields) in rows {
            let mut values = vec![String::new(); self.names.len()];
            for (name, value) in fields {
                values[places[&name]] = plain(value);
            }
            self.records.push(Record {
                line,
                fields: values,
            });
        }
        self.has_header = true;
        Ok(())
    }

    fn read_paragraphs(&mut self, text: &str) {
        let lines = text.lines().enumerate();
        let filled = lines.filter(|(_, line)| !line.trim().is_empty());
        let record = |(index, line): (usize, &str)| Record {
            line: index + 1,
            fields: vec![line.trim_end().to_owned()],
        };
        self.records = filled.map(record).collect();
        self.names = vec!["text".to_owned()];
    }
}

/// By what the file's name says, where it says anything, and else by the look of its first line.
fn guessed(file: &str, text: &str) -> FileFormat {
    let ending = file.rsplit_once('.').map_or("", |(_, ending)| ending);
    let is = |known: &[&str]| known.iter().any(|name| ending.eq_ignore_ascii_case(name));
    let usual = if is(&["tsv", "tab"]) { '\t' } else { ',' };
    let by_separator = |usual| FileFormat::of_separator(separator(text, usual).0);
    let first = text.trim_start();
    if is(&["csv", "tsv", "tab"]) {
        return by_separator(usual);
    }
    if is(&["jsonl", "ndjson", "json"]) || first.starts_with("{\"") {
        return FileFormat::JsonLines;
    }
    let header = first.lines().next().unwrap_or("");
    let found = by_separator(usual);
    let names = found.separator().map(|between| header.split(between));
    let mut names = names.into_iter().flatten().map(|n| n.trim_matches('"'));
    // Prose has no tab in every line; rows copied from a spreadsheet have.
    let mut lines = first.lines().filter(|line| !line.is_empty());
    let are_copied = found == FileFormat::Tabs && lines.all(|line| line.contains('\t'));
    match are_copied || names.any(is_known) {
        true => found,
        false => FileFormat::PlainText,
    }
}

/// Characters and words beyond which a field is a text rather than a name.
const LONG_NAME: usize = 40;
const MANY_WORDS: usize = 4;

/// Rows in which a field of the first line is looked for again.
const LOOKED_AT: usize = 1000;

/// Whether the first row names the columns. A known name settles it; an empty field, a number, a text, or
/// a value that occurs again further down speak against it.
fn begins_with_names(rows: &[Record]) -> bool {
    let Some((first, others)) = rows.split_first() else {
        return false;
    };
    if first.fields.iter().any(|name| is_known(name)) {
        return true;
    }
    let is_no_name = |(column, field): (usize, &String)| {
        let field = field.trim();
        let others = others.iter().take(LOOKED_AT);
        let mut below = others.filter_map(|row| row.fields.get(column));
        field.is_empty()
            || field.parse::<f64>().is_ok()
            || field.chars().count() > LONG_NAME
            || field.split_whitespace().count() > MANY_WORDS
            || below.any(|other| other.trim() == field)
    };
    !first.fields.iter().enumerate().any(is_no_name)
}

/// The number of fields that most rows have; of equals the larger.
fn usual_width(rows: &[Record]) -> usize {
    let mut counts: HashMap<usize, usize> = HashMap::new();
    for row in rows {
        *counts.entry(row.fields.len()).or_default() += 1;
    }
    let most = counts
        .into_iter()
        .max_by_key(|(width, count)| (*count, *width));
    most.map_or(0, |(width, _)| width)
}

fn numbered(columns: usize) -> Vec<String> {
    (1..=columns).map(|i| format!("column {i}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(file: &str, text: &str) -> Sheet {
        Sheet::open(file, text.as_bytes(), &DataChoice::default()).unwrap()
    }

    #[test]
    fn a_first_row_of_values_is_no_header() {
        let unnamed = open("x.csv", "I liked it,pos\nI did not,neg\nFine,pos\n");
        assert!(!unnamed.has_header);
        assert_eq!(unnamed.names, ["column 1", "column 2"]);
        assert_eq!(unnamed.records.len(), 3);
        let named = open("x.csv", "what they said,verdict\nI liked it,pos\n");
        assert!(named.has_header);
        assert_eq!(
            (named.names[1].as_str(), named.records[0].line),
            ("verdict", 2)
        );
        assert!(!open("x.csv", "12,fine\n13,good\n").has_header);
        assert!(open("x.csv", "Label,12\na,b\n").has_header, "a known name");
    }

    #[test]
    fn the_look_of_a_file_tells_its_format() {
        assert_eq!(
            open("pasted", "text\tlabel\na\tb\n").format,
            FileFormat::Tabs
        );
        assert_eq!(
            open("x.csv", "text;label\na;b\n").format,
            FileFormat::Semicolons
        );
        assert_eq!(
            open("data", "{\"text\":\"a\"}\n").format,
            FileFormat::JsonLines
        );
        let copied = open("pasted.txt", "remark\tmood\nIt is fine\tgood\n");
        assert_eq!(copied.format, FileFormat::Tabs);
        let prose = open("notes.txt", "One, two; three.\n\nAnother line.\n");
        assert_eq!(prose.format, FileFormat::PlainText);
        assert_eq!(prose.records[1].line, 3);
    }

    #[test]
    fn a_choice_overrules_the_guess() {
        let choice = DataChoice {
            format: Some(FileFormat::Semicolons),
            has_header: Some(false),
            ..DataChoice::default()
        };
        let sheet = Sheet::open("x.csv", b"sep=;\r\ntext;label\r\na;b\r\n", &choice).unwrap();
        assert_eq!(sheet.records.len(), 2);
        assert_eq!(sheet.records[0].line, 2);
    }

    #[test]
    fn fields_that_a_json_line_lacks_are_empty() {
        let sheet = open("x.jsonl", "{\"a\":1}\n\n{\"b\":[\"x\"],\"a\":null}\n");
        assert_eq!(sheet.names, ["a", "b"]);
        assert_eq!(sheet.records[0].fields, ["1", ""]);
        assert_eq!(sheet.records[1].fields, ["", "[\"x\"]"]);
        assert_eq!(sheet.records[1].line, 3);
        let list = Sheet::open("x.json", b"[{\"a\":1}]", &DataChoice::default()).unwrap_err();
        assert!(list.to_string().contains("one object a line"), "{list}");
    }
}
