//! An adapter added into a BERT's weights.

use std::path::Path;

use burn::prelude::Device;

use super::base::BertBase;
use super::save::save_model;
use crate::cli::error::CliError;
use crate::cli::labels;
use crate::cli::past_run::PastRun;
use crate::cli::save::check_target;

pub fn merge(model: &Path, adapter: &Path, out: &Path) -> Result<u8, CliError> {
    let base = BertBase::open_with(model, Some(adapter), &Device::flex())?;
    let run = PastRun::beside(adapter)?;
    let known = labels::named(base.config.id2label.as_ref(), run.as_ref());
    check_target(model, out)?;
    let merged = base.model.clone().merged();
    let labels = known.filter(|_| merged.classifier.is_some());
    let bytes = save_model(&base, &merged, labels.as_deref(), out)?;
    eprintln!("{}: {bytes} bytes of weights", out.display());
    Ok(0)
}
