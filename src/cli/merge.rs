//! `warmup merge`: an adapter added into the weights; a plain model folder.

use std::path::PathBuf;

use burn::prelude::Device;

use super::base::Base;
use super::bert;
use super::error::CliError;
use super::labels;
use super::past_run::PastRun;
use super::save::{check_target, save_model};
use crate::model::gpt2::Gpt2;

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
    if let Some(reason) = unmergeable(&base.model) {
        return Err(CliError::file(&arguments.adapter, reason));
    }
    let merged = base.model.clone().merged();
    let bytes = save_model(&base, &merged, labels.as_deref(), &arguments.out)?;
    eprintln!("{}: {bytes} bytes of weights", arguments.out.display());
    Ok(0)
}

/// Why an adapter cannot become part of the weights.
fn unmergeable(model: &Gpt2) -> Option<&'static str> {
    let blocks = &model.transformer.h;
    let has_bottleneck = blocks.iter().any(|block| block.mlp_adapter.is_some());
    if model.transformer.virtual_tokens() > 0 {
        return Some(
            "a prompt or prefix stands before the text and has no weight to be merged into; keep it beside the model",
        );
    }
    has_bottleneck.then_some("a bottleneck adapter has a nonlinearity in the middle and cannot be merged into weights; keep it beside the model")
}
