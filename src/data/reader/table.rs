//! Rows with named columns, whatever the file's layout.

use super::guess::{opened, separator};
use super::layout::Layout;
use super::{json, separated};
use crate::faults::{DataError, LineError, SeparatorHint};

pub struct Table {
    file: String,
    layout: Layout,
    /// Of separated files; JSON Lines name their fields in every row.
    header: Vec<String>,
    rows: Vec<Record>,
}

struct Record {
    line: usize,
    names: Option<Vec<String>>,
    values: Vec<String>,
}

/// A column that was asked for.
pub struct Column {
    name: String,
    /// Where a header fixes it.
    index: Option<usize>,
}

/// A row with its place in the file, for messages.
pub struct Row<'a> {
    table: &'a Table,
    record: &'a Record,
}

impl Table {
    pub fn read(file: &str, bytes: &[u8], layout: Layout) -> Result<Self, DataError> {
        let (text, _) = opened(file, bytes)?;
        let mut table = Self {
            file: file.to_owned(),
            layout,
            header: Vec::new(),
            rows: Vec::new(),
        };
        match layout {
            Layout::Separated(separator) => table.read_separated(&text, separator)?,
            Layout::JsonLines => table.read_json_lines(&text)?,
        }
        if table.rows.is_empty() {
            return Err(DataError::NoRows { file: table.file });
        }
        Ok(table)
    }

    /// Rows that were read elsewhere, under one header.
    pub fn of_records(file: &str, header: Vec<String>, records: Vec<separated::Record>) -> Self {
        let rows = records.into_iter().map(|record| Record {
            line: record.line,
            names: None,
            values: record.fields,
        });
        Self {
            file: file.to_owned(),
            layout: Layout::Separated(','),
            header,
            rows: rows.collect(),
        }
    }

    pub fn file(&self) -> &str {
        &self.file
    }

    fn read_separated(&mut self, text: &str, usual: char) -> Result<(), DataError> {
        let (separator, text, skipped) = separator(text, usual);
        self.layout = Layout::Separated(separator);
        let records = separated::records(text, separator, skipped + 1);
        let mut records = records
            .map_err(|broken| broken.of_file(&self.file))?
            .into_iter();
        let header = records.next().map(|header| header.fields);
        let names = header.iter().flatten();
        self.header = names.map(|name| name.trim().to_owned()).collect();
        self.rows = records
            .map(|record| Record {
                line: record.line,
                names: None,
                values: record.fields,
            })
            .collect();
        Ok(())
    }

    fn read_json_lines(&mut self, text: &str) -> Result<(), DataError> {
        for (line, fields) in json::objects(&self.file, text)? {
            let (names, values) = fields
                .into_iter()
                .map(|(name, value)| (name, plain(value)))
                .unzip();
            self.rows.push(Record {
                line,
                names: Some(names),
                values,
            });
        }
        Ok(())
    }

    /// A column that must be there.
    pub fn column(&self, name: &str) -> Result<Column, DataError> {
        match self.layout {
            Layout::JsonLines => Ok(Column {
                name: name.to_owned(),
                index: None,
            }),
            Layout::Separated(separator) => {
                self.optional_column(name)
                    .ok_or_else(|| DataError::MissingColumn {
                        file: self.file.clone(),
                        column: name.to_owned(),
                        found: self.header.clone(),
                        hint: hint(&self.header, separator),
                    })
            }
        }
    }

    /// A column that may be there.
    pub fn optional_column(&self, name: &str) -> Option<Column> {
        let index = match self.layout {
            Layout::JsonLines => None,
            Layout::Separated(_) => Some(place_of(&self.header, name)?),
        };
        Some(Column {
            name: name.to_owned(),
            index,
        })
    }

    /// Whether a column is there at all, in JSON Lines in the first row.
    pub fn has(&self, name: &str) -> bool {
        let first = self.rows.first().and_then(|row| row.names.as_ref());
        let found = first.unwrap_or(&self.header);
        place_of(found, name).is_some()
    }

    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows.iter().map(|record| Row {
            table: self,
            record,
        })
    }
}

impl Row<'_> {
    /// The field without white space around it, or nothing where the row does not have it.
    pub fn get(&self, column: &Column) -> Result<Option<&str>, DataError> {
        Ok(self.raw(column)?.map(str::trim))
    }

    /// The field as it stands in the file.
    pub fn raw(&self, column: &Column) -> Result<Option<&str>, DataError> {
        let record = self.record;
        let index = match (&record.names, column.index) {
            (Some(names), _) => place_of(names, &column.name),
            (None, index) => {
                let (found, expected) = (record.values.len(), self.table.header.len());
                if found != expected {
                    return Err(self.wrong(LineError::FieldCount { found, expected }));
                }
                index
            }
        };
        Ok(index.map(|index| record.values[index].as_str()))
    }

    /// A complaint about this row.
    pub fn wrong(&self, reason: LineError) -> DataError {
        DataError::Line {
            file: self.table.file.clone(),
            line: self.record.line,
            reason,
        }
    }

    /// The field, which must be there and hold something.
    pub fn filled(&self, column: &Column) -> Result<&str, DataError> {
        let name = || column.name.clone();
        match self.get(column)? {
            None => Err(self.wrong(LineError::MissingField {
                column: name(),
                found: self.record.names.clone().unwrap_or_default(),
            })),
            Some("") => Err(self.wrong(LineError::EmptyField { column: name() })),
            Some(value) => Ok(value),
        }
    }
}

/// Where `name` is among `names`, without regard to case where it is not there as it stands.
fn place_of(names: &[String], name: &str) -> Option<usize> {
    let exact = names.iter().position(|found| found == name);
    let similar = || {
        names
            .iter()
            .position(|found| found.eq_ignore_ascii_case(name))
    };
    exact.or_else(similar)
}

/// A JSON value as a CSV file would have it.
pub fn plain(value: serde_json::Value) -> String {
    match value {
        serde_json::Value::Null => String::new(),
        serde_json::Value::String(text) => text,
        other => other.to_string(),
    }
}

/// What a header of a single column usually means.
fn hint(header: &[String], separator: char) -> Option<SeparatorHint> {
    match (header, separator) {
        ([_], ',') => Some(SeparatorHint::Commas),
        ([_], '\t') => Some(SeparatorHint::Tabs),
        _ => None,
    }
}
