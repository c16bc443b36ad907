//! `warmup merge`: an adapter added into the weights; a plain model folder.

use std::path::PathBuf;

use burn::prelude::Device;

use super::base::Base;
use super::choices::RunnableTask;
use super::error::CliError;
use super::labels;
use super::past_run::PastRun;
use super::save::{check_target, save_model};

const MULTI_LABEL: RunnableTask = RunnableTask::MultiLabelClassification;

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
    let base = Base::open_with(&arguments.model, Some(&arguments.adapter), &Device::flex())?;
    let run = PastRun::beside(&arguments.adapter)?;
    let has_head = base.model.has_head();
    let labels = has_head.then(|| labels::known(&base, run.as_ref()));
    let is_multi_label = |run: &PastRun| run.task.as_deref() == Some(MULTI_LABEL.name());
    let problem_type = match &run {
        Some(run) if is_multi_label(run) => MULTI_LABEL.problem_type(),
        _ => None,
    };
    check_target(&arguments.model, &arguments.out)?;
    let merged = base.model.clone().merged();
    let bytes = save_model(
        &base,
        &merged,
        labels.flatten().as_deref(),
        problem_type,
        &arguments.out,
    )?;
    eprintln!("{}: {bytes} bytes of weights", arguments.out.display());
    Ok(0)
}
