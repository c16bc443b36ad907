//! `warmup finetune`: one run, its metrics and its result.

mod arguments;
mod causal_lm;
pub(super) mod classification;
pub(super) mod ending;
mod examples;
mod general;
mod length;
mod metrics;
mod remedies;
pub(super) mod steps;
pub(super) mod summary;
mod tasks;
mod warmup;

pub use arguments::Arguments;
pub use summary::Summary;

use std::time::Instant;

use super::base::Base;
use super::bert;
use super::choices::RunnableTask;
use super::error::CliError;
use super::files::write;
use super::save::{check_target, save_model};
use crate::io::adapter;
use crate::model::gpt2::Gpt2;
use crate::settings::Strategy;
use general::General;

pub fn run(arguments: Arguments) -> Result<u8, CliError> {
    let out = arguments.out.clone();
    let summary = perform(arguments)?;
    println!("{}", serde_json::to_string_pretty(&summary)?);
    match summary.ending.error(&out) {
        Some(error) => Err(error),
        None => Ok(0),
    }
}

/// Makes the run and writes all that it leaves.
pub fn perform(arguments: Arguments) -> Result<Summary, CliError> {
    arguments.check()?;
    if bert::is_bert(&arguments.model)? {
        return bert::finetune(&arguments);
    }
    let task = arguments.task.runnable()?;
    let device = arguments.device.open()?;
    check_target(&arguments.model, &arguments.out)?;
    let base = Base::open(&arguments.model, &device.autodiff())?;
    let job = Job {
        general: General::open(&arguments, &base)?,
        started: Instant::now(),
        arguments,
        base,
    };
    let summary = tasks::run(&job, task)?;
    let text = serde_json::to_string_pretty(&summary)? + "\n";
    write(&job.arguments.out.join("summary.json"), &text)?;
    Ok(summary)
}

/// What all tasks work with.
pub(super) struct Job {
    arguments: Arguments,
    base: Base,
    general: Option<General>,
    started: Instant,
}

impl Job {
    /// Writes what the run made: an adapter, or a whole folder. Returns the bytes of its weights.
    fn save(
        &self,
        model: &Gpt2,
        strategy: &Strategy,
        task: RunnableTask,
        labels: Option<&[String]>,
    ) -> Result<u64, CliError> {
        let out = &self.arguments.out;
        let base_name = self.arguments.model.display().to_string();
        if !adapter::is_for(strategy) {
            return save_model(&self.base, model, labels, task.problem_type(), out);
        }
        let (config, weights) = adapter::save(model, strategy, &base_name, task.peft_name())?;
        write(&out.join("adapter_config.json"), config)?;
        write(&out.join("adapter_model.safetensors"), &weights)?;
        Ok(weights.len() as u64)
    }
}
