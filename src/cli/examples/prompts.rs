//! Language modelling on completions alone, the prompts being given.

use std::path::Path;

use super::{Opened, Opening};
use crate::cli::data::{data_bytes, file_name};
use crate::cli::error::CliError;
use crate::data::dataset::Dataset;
use crate::data::prompts::Prompted;
use crate::data::reader::read_prompts;
use crate::protocol::Split;

/// `None` where the data is plain text.
pub fn open(opening: &Opening) -> Result<Option<Opened>, CliError> {
    let Some(data) = read(opening.data, opening.whole())? else {
        return Ok(None);
    };
    let eval = opening.eval.map(|path| {
        let rows = read(path, Some(Split::Test))?;
        let plain = "plain text, but --data has prompts and completions; give both in one form";
        rows.ok_or_else(|| CliError::file(path, plain))
    });
    let rows = opening.merged(data, eval.transpose()?, |row| &mut row.split);
    Ok(Some(Opened {
        examples: opening.encoding().examples(Dataset::Prompts(rows))?,
        head_fits: true,
    }))
}

fn read(path: &Path, whole: Option<Split>) -> Result<Option<Vec<Prompted>>, CliError> {
    Ok(read_prompts(&file_name(path), &data_bytes(path)?, whole)?)
}
