//! Token classification: a tag for every word.

use std::path::Path;

use super::{Opened, Opening};
use crate::cli::data::{data_bytes, file_name};
use crate::cli::error::CliError;
use crate::cli::labels::{known, numbering};
use crate::data::dataset::Dataset;
use crate::data::reader::read_tagged;
use crate::data::tagged::TaggedDataset;
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
        examples: opening.encoding().examples(Dataset::Tagged(data))?,
    })
}

fn read(path: &Path, whole: Option<Split>) -> Result<TaggedDataset, CliError> {
    Ok(read_tagged(&file_name(path), &data_bytes(path)?, whole)?)
}

/// With the tags numbered as `labels` has them.
fn renumbered(
    mut data: TaggedDataset,
    labels: &[String],
    path: &Path,
) -> Result<TaggedDataset, CliError> {
    let numbers = numbering(&data.labels, labels).map_err(|e| CliError::file(path, e))?;
    for tag in data.rows.iter_mut().flat_map(|row| &mut row.tags) {
        *tag = numbers[*tag];
    }
    data.labels = labels.to_vec();
    Ok(data)
}
