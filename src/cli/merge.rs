//! `warmup merge`: an adapter added into the weights; a plain model folder.

use std::path::PathBuf;

use burn::prelude::Device;

use super::base::{AdapterArguments, Base};
use super::choices::RunnableTask;
use super::error::CliError;
use super::labels;
use super::past_run::PastRun;
use super::save::{check_target, save_model};
use crate::methods::names;
use crate::model::any::Model;
use crate::model::network::Network;
use crate::model::parameters;

const MULTI_LABEL: RunnableTask = RunnableTask::MultiLabelClassification;

#[derive(clap::Args)]
pub struct Arguments {
    #[arg(long)]
    model: PathBuf,
    #[command(flatten)]
    adapters: AdapterArguments,
    #[arg(long)]
    out: PathBuf,
}

pub fn run(arguments: Arguments) -> Result<u8, CliError> {
    let base = Base::open(&arguments.model, &Device::flex())?.with_adapters(&arguments.adapters)?;
    let Some(first) = arguments.adapters.adapter.first() else {
        return Err(CliError::new("merge needs an --adapter"));
    };
    let run = PastRun::beside(first)?;
    let has_head = base.model.has_head();
    let labels = has_head.then(|| labels::known(&base, run.as_ref()));
    let is_multi_label = |run: &PastRun| run.task.as_deref() == Some(MULTI_LABEL.name());
    let problem_type = match &run {
        Some(run) if is_multi_label(run) => MULTI_LABEL.problem_type(),
        _ => None,
    };
    check_target(&arguments.model, &arguments.out)?;
    if let Some(reason) = unmergeable(&base.model) {
        return Err(CliError::file(first, reason));
    }
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

/// Why an adapter cannot become part of the weights.
fn unmergeable(model: &Model) -> Option<&'static str> {
    if model.virtual_tokens() > 0 {
        return Some(
            "a prompt or prefix stands before the text and has no weight to be merged into; keep it beside the model",
        );
    }
    let listed = parameters::list(model);
    let stays = |name: &str| parameters::is_adapter(name) && names::beside(name).is_none();
    let has_bottleneck = listed.iter().any(|p| stays(&p.name));
    has_bottleneck.then_some("a bottleneck adapter has a nonlinearity in the middle and cannot be merged into weights; keep it beside the model")
}
