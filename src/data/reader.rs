//! Files of texts: labelled ones (CSV, TSV, JSON Lines), and plain ones for language modelling.

mod encoding;
mod guess;
mod json;
mod labels;
mod layout;
mod many_labels;
mod prompts;
mod questions;
mod separated;
mod split;
mod table;
mod tags;
#[cfg(test)]
mod tests;

pub use encoding::Encoding;
pub use guess::{Guess, guess, opened, separator};
pub use json::objects;
pub use many_labels::{many_labels_of, read_many_labels};
pub use prompts::{prompts_of, read_prompts};
pub use questions::{questions_of, read_questions};
pub use separated::{Broken, Record, records};
pub use split::parse_split;
pub use table::{Table, plain};
pub use tags::{read_tagged, tagged_of};

use super::labelled::LabelledDataset;
use crate::faults::DataError;
use crate::protocol::Split;
use layout::Layout;

/// Reads columns `text` and `label`, and `split` and `hard` where they are. Without a `split` column a
/// tenth goes to validation and a fifth to the test, by a hash of each text: see [`split`].
pub fn read_labelled(file_name: &str, bytes: &[u8]) -> Result<LabelledDataset, DataError> {
    of_several_labels(file_name, read(file_name, bytes, None)?)
}

/// The same of rows that are read.
pub fn labelled_of(table: &Table) -> Result<LabelledDataset, DataError> {
    let dataset = labels::dataset(labels::rows(table)?, None);
    of_several_labels(table.file(), dataset)
}

fn of_several_labels(file: &str, dataset: LabelledDataset) -> Result<LabelledDataset, DataError> {
    match &dataset.labels[..] {
        [label] => Err(DataError::OneLabel {
            file: file.to_owned(),
            label: label.clone(),
        }),
        _ => Ok(dataset),
    }
}

/// The same for a file that is one split as a whole, unless it has a `split` column. A single label is
/// no error here: the other labels are in another file.
pub fn read_labelled_as(
    file_name: &str,
    bytes: &[u8],
    split: Split,
) -> Result<LabelledDataset, DataError> {
    read(file_name, bytes, Some(split))
}

fn read(file_name: &str, bytes: &[u8], whole: Option<Split>) -> Result<LabelledDataset, DataError> {
    let table = Table::read(file_name, bytes, Layout::of_labelled(file_name)?)?;
    let rows = labels::rows(&table)?;
    Ok(labels::dataset(rows, whole))
}

/// What follows each text when it is written into one stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextEnd {
    /// Paragraphs of running text.
    NewLine,
    /// Texts that each stand alone.
    EndOfText,
}

/// Texts for language modelling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Texts {
    pub texts: Vec<String>,
    pub end: TextEnd,
}

/// Reads `.txt` (each line a paragraph, empty lines skipped), or the column `text` of CSV, TSV or JSON Lines.
pub fn read_texts(file_name: &str, bytes: &[u8]) -> Result<Texts, DataError> {
    match Layout::of_texts(file_name)? {
        None => {
            let (text, _) = opened(file_name, bytes)?;
            let lines = text
                .lines()
                .map(str::trim_end)
                .filter(|line| !line.trim().is_empty());
            Ok(Texts {
                texts: lines.map(str::to_owned).collect(),
                end: TextEnd::NewLine,
            })
        }
        Some(layout) => {
            let table = Table::read(file_name, bytes, layout)?;
            texts_of(&table, TextEnd::EndOfText)
        }
    }
}

/// The column `text` of rows that are read.
pub fn texts_of(table: &Table, end: TextEnd) -> Result<Texts, DataError> {
    let column = table.column("text")?;
    let texts = table
        .rows()
        .map(|row| row.filled(&column).map(str::to_owned));
    Ok(Texts {
        texts: texts.collect::<Result<_, _>>()?,
        end,
    })
}

/// Refuses what is no data file at all.
fn refuse_other_files(file_name: &str, text: &str) -> Result<(), DataError> {
    let file = file_name.to_owned();
    let start = text.trim_start();
    if start.is_empty() {
        return Err(DataError::Empty { file });
    }
    let is_page = ["<!doctype", "<html"].iter().any(|tag| {
        start
            .get(..tag.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(tag))
    });
    match is_page {
        true => Err(DataError::WebPage { file }),
        false => Ok(()),
    }
}
