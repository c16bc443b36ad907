//! What the commands do with a BERT's folder; each hands over when it meets one.

mod base;
mod evaluate;
mod fill;
mod finetune;
mod merge;
mod metrics;
mod save;
pub mod words;

use std::path::Path;

use super::base::in_folder;
use super::error::CliError;
use crate::io::folder::{self, Architecture};

pub use evaluate::evaluate;
pub use fill::{Arguments as FillArguments, run as fill};
pub use finetune::finetune;
pub use merge::merge;

/// Whether the folder's `config.json` is a BERT's.
pub fn is_bert(model: &Path) -> Result<bool, CliError> {
    let architecture = folder::architecture(model).map_err(|e| in_folder(model, e))?;
    Ok(architecture == Architecture::Bert)
}
