//! `metrics.jsonl`, a line a step, and a word on the terminal now and then.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::Serialize;

use crate::cli::error::CliError;
use crate::protocol::StepMetrics;

/// Named as `TrainerState.log_history` has it.
#[derive(Serialize)]
struct Line {
    step: usize,
    epoch: f64,
    loss: f32,
    learning_rate: f64,
    grad_norm: f32,
    step_millis: f64,
}

pub struct MetricsLog {
    path: PathBuf,
    file: BufWriter<File>,
    total_steps: usize,
    last_told: Option<Instant>,
}

const TELL_EVERY: Duration = Duration::from_secs(5);

impl MetricsLog {
    pub fn create(path: &Path, total_steps: usize) -> Result<Self, CliError> {
        let file = File::create(path).map_err(|e| CliError::file(path, e))?;
        let (path, file) = (path.to_owned(), BufWriter::new(file));
        Ok(Self {
            path,
            file,
            total_steps,
            last_told: None,
        })
    }

    pub fn write(&mut self, metrics: &StepMetrics) -> Result<(), CliError> {
        let line = Line {
            step: metrics.step,
            epoch: metrics.epoch,
            loss: metrics.loss_nats,
            learning_rate: metrics.learning_rate,
            grad_norm: metrics.gradient_norm,
            step_millis: metrics.step_millis,
        };
        let done = metrics.step + 1;
        if done == self.total_steps || self.last_told.is_none_or(|t| t.elapsed() > TELL_EVERY) {
            self.last_told = Some(Instant::now());
            eprintln!(
                "step {done} of {}: loss {:.4}",
                self.total_steps, metrics.loss_nats
            );
        }
        let text = serde_json::to_string(&line)?;
        let flushes = done == self.total_steps;
        writeln!(self.file, "{text}")
            .and_then(|()| if flushes { self.file.flush() } else { Ok(()) })
            .map_err(|e| CliError::file(&self.path, e))
    }
}
