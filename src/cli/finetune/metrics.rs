//! `metrics.jsonl`, a line a step, and a word on the terminal now and then.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::Serialize;
use serde_json::{Value, json};

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
    /// What remedies against forgetting add to the loss that is minimised.
    #[serde(skip_serializing_if = "is_zero")]
    remedy_loss: f32,
    step_millis: f64,
}

fn is_zero(value: &f32) -> bool {
    *value == 0.0
}

pub struct MetricsLog {
    path: PathBuf,
    /// Made when there is something to write: a run that is refused leaves an older log alone.
    file: Option<BufWriter<File>>,
    pub total_steps: usize,
    last_told: Option<Instant>,
}

const TELL_EVERY: Duration = Duration::from_secs(5);

impl MetricsLog {
    pub fn new(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            file: None,
            total_steps: 0,
            last_told: None,
        }
    }

    pub fn write(&mut self, metrics: &StepMetrics) -> Result<(), CliError> {
        let line = Line {
            step: metrics.step,
            epoch: metrics.epoch,
            loss: metrics.loss_nats,
            learning_rate: metrics.learning_rate,
            grad_norm: metrics.gradient_norm,
            remedy_loss: metrics.remedy_loss_nats,
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
        self.line(&serde_json::to_string(&line)?)
    }

    /// A line of its own after the step it followed: each number among `metrics` with `eval_` before its
    /// name, as `Trainer` logs them.
    pub fn write_evaluation(
        &mut self,
        step: usize,
        epoch: f64,
        metrics: &Value,
    ) -> Result<(), CliError> {
        let mut line = json!({ "step": step, "epoch": epoch });
        for (name, value) in metrics.as_object().into_iter().flatten() {
            if value.is_number() {
                line[format!("eval_{name}")] = value.clone();
            }
        }
        self.line(&line.to_string())
    }

    pub fn flush(&mut self) -> Result<(), CliError> {
        let flushed = self.file()?.flush();
        flushed.map_err(|e| CliError::file(&self.path, e))
    }

    fn line(&mut self, text: &str) -> Result<(), CliError> {
        let written = writeln!(self.file()?, "{text}");
        written.map_err(|e| CliError::file(&self.path, e))
    }

    fn file(&mut self) -> Result<&mut BufWriter<File>, CliError> {
        let file = match self.file.take() {
            Some(file) => file,
            None => {
                let file = File::create(&self.path);
                BufWriter::new(file.map_err(|e| CliError::file(&self.path, e))?)
            }
        };
        Ok(self.file.insert(file))
    }
}
