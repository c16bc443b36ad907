//! Multi-label classification: any number of labels for a text.

use std::path::Path;

use super::{Opened, Opening};
use crate::cli::data::{data_bytes, file_name};
use crate::cli::error::CliError;
use crate::cli::labels::{known, numbering};
use crate::data::dataset::Dataset;
use crate::data::many_labels::ManyLabelsDataset;
use crate::data::reader::read_many_labels;
use crate::protocol::Split;

pub fn open(opening: &Opening) -> Result<Opened, CliError> {
    let mut data = read(opening.data, opening.whole())?;
    if let Some(known) = &opening.known {
        data = renumbered(data, known, opening.data)?;
    }
    let eval_rows = opening.eval.map(|path| {
        let eval = read(path, Some(Split::Test))?;
        Ok::<_, CliError>(renumbered(eval, &data.labels, path)?.rows)
    });
    data.rows = opening.merged(data.rows, eval_rows.transpose()?, |row| &mut row.split);
    Ok(Opened {
        head_fits: known(opening.base, None).as_ref() == Some(&data.labels),
        examples: opening.encoding().examples(Dataset::ManyLabels(data))?,
    })
}

fn read(path: &Path, whole: Option<Split>) -> Result<ManyLabelsDataset, CliError> {
    Ok(read_many_labels(
        &file_name(path),
        &data_bytes(path)?,
        whole,
    )?)
}

/// With the labels in the order of `labels`; one that the data does not have is no everywhere.
fn renumbered(
    data: ManyLabelsDataset,
    labels: &[String],
    path: &Path,
) -> Result<ManyLabelsDataset, CliError> {
    let numbers = numbering(&data.labels, labels).map_err(|e| CliError::file(path, e))?;
    let mut rows = data.rows;
    for row in &mut rows {
        let mut has = vec![false; labels.len()];
        for (number, own) in numbers.iter().zip(&row.has) {
            has[*number] = *own;
        }
        row.has = has;
    }
    let labels = labels.to_vec();
    Ok(ManyLabelsDataset { labels, rows })
}
