//! Remedies against forgetting made ready before the first step.

use std::path::Path;

use super::Job;
use crate::cli::block_on;
use crate::cli::data::{file_name, texts};
use crate::cli::error::CliError;
use crate::data::stream::windows;
use crate::engine::rehearsal::{Rehearsal, text_length};
use crate::settings::TrainingSettings;
use crate::train::{Replay, Trainer};

/// Anchors the trainer's model and finds the general text that the settings ask for: `--replay-text`, or
/// samples of the base model itself.
pub fn prepare(
    job: &Job,
    trainer: &mut Trainer,
    settings: &TrainingSettings,
) -> Result<Option<Replay>, CliError> {
    let remedies = &settings.remedies;
    if !remedies.wants_text() && !remedies.anchors() {
        return Ok(None);
    }
    let given = match &job.arguments.replay_text {
        Some(path) if remedies.wants_text() => Some(rows(job, path, settings)?),
        _ => None,
    };
    let mut rehearsal = Rehearsal::new(settings, job.base.config.n_positions, given);
    let start = job.base.end().unwrap_or(job.base.pad());
    while !block_on(rehearsal.advance(&job.base.model, start, trainer.model()))? {}
    Ok(rehearsal.install(trainer, settings))
}

fn rows(job: &Job, path: &Path, settings: &TrainingSettings) -> Result<Vec<Vec<i32>>, CliError> {
    let length = text_length(settings, job.base.config.n_positions);
    let rows = windows(&texts(path, &job.base.tokenizer)?, length);
    if rows.is_empty() {
        let name = file_name(path);
        return Err(CliError::new(format!("{name}: too little text to replay")));
    }
    Ok(rows)
}
