//! From the rows of a table to a labelled data set.

use std::collections::HashMap;

use super::LabelledDataset;
use super::split::{fill_in, parse_split};
use super::table::{Column, Row, Table};
use crate::data::labelled::LabelledText;
use crate::faults::{DataError, LineError};
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
                split: named_split(&row, split.as_ref())?,
                hard: optional(&hard)?.map(reason).unwrap_or_default(),
            })
        })
        .collect()
}

/// The split that a row names; none where it has no such field, or an empty one.
pub fn named_split(row: &Row, column: Option<&Column>) -> Result<Option<Split>, DataError> {
    let name = column.map(|column| row.get(column)).transpose()?;
    match name.flatten().filter(|name| !name.is_empty()) {
        None => Ok(None),
        Some(name) => parse_split(name).map(Some).ok_or_else(|| {
            row.wrong(LineError::UnknownSplit {
                found: name.to_owned(),
            })
        }),
    }
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

/// Numbers the labels in their order, and gives rows without a split one: `whole`, or a hash's.
pub fn dataset(mut rows: Vec<RawRow>, whole: Option<Split>) -> LabelledDataset {
    without_fractions(rows.iter_mut().map(|row| &mut row.label));
    let labels = in_order(rows.iter().map(|row| row.label.clone()).collect());
    let numbers: Vec<usize> = {
        let number = numbers(&labels);
        rows.iter().map(|row| number[row.label.as_str()]).collect()
    };
    let keys: Vec<(usize, &str)> = numbers
        .iter()
        .zip(&rows)
        .map(|(number, row)| (*number, row.text.as_str()))
        .collect();
    let splits = fill_in(rows.iter().map(|row| row.split).collect(), &keys, whole);
    let rows = rows
        .into_iter()
        .zip(numbers)
        .zip(splits)
        .map(|((row, label), split)| LabelledText {
            text: row.text,
            label,
            split,
            hard: row.hard,
        })
        .collect();
    LabelledDataset { labels, rows }
}

/// Each label once: in numeric order where all are numbers, so that 2 comes before 10, else in alphabetical order.
pub fn in_order(mut labels: Vec<String>) -> Vec<String> {
    labels.sort();
    labels.dedup();
    let values: Option<Vec<f64>> = labels.iter().map(|label| number(label)).collect();
    if let Some(values) = values {
        let mut both: Vec<(f64, String)> = values.into_iter().zip(labels).collect();
        both.sort_by(|a, b| a.0.total_cmp(&b.0));
        labels = both.into_iter().map(|(_, label)| label).collect();
    }
    labels
}

/// The place of each label.
pub fn numbers(labels: &[String]) -> HashMap<&str, usize> {
    let places = labels.iter().enumerate();
    places
        .map(|(index, label)| (label.as_str(), index))
        .collect()
}

/// Writes 1.0 as 1 where every label is a whole number: a column of them with a gap comes out of pandas so.
fn without_fractions<'a>(labels: impl Iterator<Item = &'a mut String>) {
    let mut labels: Vec<&mut String> = labels.collect();
    if labels.iter().all(|label| whole(label).is_some()) {
        for label in &mut labels {
            if let Some(length) = whole(label).map(str::len) {
                label.truncate(length);
            }
        }
    }
}

/// A whole number without the fraction of zeros behind it.
fn whole(label: &str) -> Option<&str> {
    number(label)?;
    let digits = match label.split_once('.') {
        Some((digits, zeros)) if zeros.bytes().all(|b| b == b'0') => digits,
        Some(_) => return None,
        None => label,
    };
    let unsigned = digits.strip_prefix('-').unwrap_or(digits);
    let is_plain = !unsigned.is_empty() && unsigned.bytes().all(|b| b.is_ascii_digit());
    is_plain.then_some(digits)
}

fn number(label: &str) -> Option<f64> {
    let starts = label.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c));
    let value = label.parse().ok().filter(|value: &f64| value.is_finite());
    value.filter(|_| starts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ordered(labels: &[&str]) -> Vec<String> {
        in_order(labels.iter().map(|l| (*l).to_owned()).collect())
    }

    #[test]
    fn numbers_stand_in_the_order_of_numbers() {
        assert_eq!(ordered(&["10", "2", "0", "2"]), ["0", "2", "10"]);
        assert_eq!(ordered(&["1.5", "-1", "10", "1"]), ["-1", "1", "1.5", "10"]);
        assert_eq!(ordered(&["10", "2", "other"]), ["10", "2", "other"]);
        assert_eq!(ordered(&["nan", "10", "2"]), ["10", "2", "nan"]);
    }

    #[test]
    fn whole_numbers_need_no_fraction() {
        let written = |labels: &[&str]| {
            let mut labels: Vec<String> = labels.iter().map(|l| (*l).to_owned()).collect();
            without_fractions(labels.iter_mut());
            labels
        };
        assert_eq!(
            written(&["1.0", "10.00", "2", "-0."]),
            ["1", "10", "2", "-0"]
        );
        assert_eq!(written(&["1.0", "2.5"]), ["1.0", "2.5"]);
        assert_eq!(written(&["007", "1.0"]), ["007", "1"]);
        assert_eq!(written(&["1.0", "v2"]), ["1.0", "v2"]);
    }
}
