//! From the rows of a table to a labelled data set.

use super::split::{divide, parse_split};
use super::table::{Row, Table};
use super::{DataError, LabelledDataset};
use crate::data::labelled::LabelledText;
use crate::protocol::Split;

/// A row before labels are numbered.
pub struct RawRow {
    pub text: String,
    pub label: String,
    pub split: Option<Split>,
    pub hard: String,
}

pub fn rows(table: &Table) -> Result<Vec<RawRow>, DataError> {
    let (text, label) = (table.column("text")?, table.column("label")?);
    let (split, hard) = (
        table.optional_column("split"),
        table.optional_column("hard"),
    );
    table
        .rows()
        .map(|row| {
            let optional = |column: &Option<_>| match column {
                Some(column) => row.get(column),
                None => Ok(None),
            };
            Ok(RawRow {
                text: row.filled(&text)?.to_owned(),
                label: row.filled(&label)?.to_owned(),
                split: optional(&split)?
                    .map(|name| known_split(&row, name))
                    .transpose()?,
                hard: optional(&hard)?.map(reason).unwrap_or_default(),
            })
        })
        .collect()
}

pub fn known_split(row: &Row, name: &str) -> Result<Split, DataError> {
    let (file, line) = (row.file(), row.line());
    parse_split(name).ok_or_else(|| DataError::UnknownSplit {
        file,
        line,
        found: name.to_owned(),
    })
}

/// Why a row is hard: a word for it, or nothing. A plain yes-or-no column says no in many ways.
fn reason(value: &str) -> String {
    let says_no = ["0", "false", "no"]
        .iter()
        .any(|no| value.eq_ignore_ascii_case(no));
    if says_no {
        String::new()
    } else {
        value.to_owned()
    }
}

/// Numbers the labels in alphabetical order, and gives rows without a split one: `whole`, or a hash's.
pub fn dataset(rows: Vec<RawRow>, whole: Option<Split>) -> LabelledDataset {
    let mut labels: Vec<String> = rows.iter().map(|row| row.label.clone()).collect();
    labels.sort();
    labels.dedup();
    let label_of = |row: &RawRow| labels.binary_search(&row.label).unwrap_or_default();
    let keys: Vec<(usize, &str)> = rows.iter().map(|r| (label_of(r), &r.text[..])).collect();
    let divided = match whole {
        Some(split) => vec![split; rows.len()],
        None => divide(&keys),
    };
    let indices: Vec<usize> = rows.iter().map(label_of).collect();
    let rows = rows
        .into_iter()
        .zip(indices)
        .zip(divided)
        .map(|((row, label), split)| LabelledText {
            text: row.text,
            label,
            split: row.split.unwrap_or(split),
            hard: row.hard,
        })
        .collect();
    LabelledDataset { labels, rows }
}
