//! `warmup merge`: an adapter added into the weights; a plain model folder.

use std::path::PathBuf;

use burn::prelude::Device;

use super::base::Base;
use super::bert;
use super::error::CliError;
use super::labels;
use super::past_run::PastRun;
use super::save::{check_target, save_model};

#[derive(clap::Args)]
pub struct Arguments {
    #[arg(long)]
    model: PathBuf,
    #[arg(long)]
    adapter: PathBuf,
    #[arg(long)]
    out: PathBuf,
}

pub fn run(arguments: Arguments) -> Result<u8, CliError> {
    if bert::is_bert(&arguments.model)? {
        return bert::merge(&arguments.model, &arguments.adapter, &arguments.out);
    }
    let base = Base::open_with(&arguments.model, Some(&arguments.adapter), &Device::flex())?;
    let run = PastRun::beside(&arguments.adapter)?;
    let labels = base
        .model
        .score
        .as_ref()
        .and_then(|_| labels::known(&base, run.as_ref()));
    check_target(&arguments.model, &arguments.out)?;
    let merged = base.model.clone().merged();
    let bytes = save_model(&base, &merged, labels.as_deref(), &arguments.out)?;
    eprintln!("{}: {bytes} bytes of weights", arguments.out.display());
    Ok(0)
}
