//! `summary.json`.

use std::time::Instant;

use serde::Serialize;

use super::ending::{Ending, EndingReport};
use super::{Arguments, Job};
use crate::cli::choices::RunnableTask;
use crate::cli::error::CliError;
use crate::cli::memory;
use crate::engine::perplexity::TextLoss;
use crate::model::gpt2::Gpt2;
use crate::protocol::RunPlan;
use crate::settings::TrainingSettings;

#[derive(Serialize)]
pub struct Summary {
    pub task: &'static str,
    pub strategy: String,
    pub model: String,
    pub data: String,
    pub device: &'static str,
    /// In the order of the head's rows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub labels: Option<Vec<String>>,
    /// What there was to train on, and what its classes counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub train: Option<serde_json::Value>,
    pub trainable_parameters: usize,
    pub total_parameters: usize,
    /// The validation split, where there is one.
    pub validation: Option<Change>,
    pub test: Option<Change>,
    pub general: Option<GeneralChange>,
    /// Of the weights file that the run wrote.
    pub bytes_saved: u64,
    pub training_seconds: f64,
    pub seconds: f64,
    /// The most bytes that the program held at one time, by its own count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub peak_memory_bytes: Option<u64>,
    /// The most that the system held for it, code and kept pages among it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub peak_resident_bytes: Option<u64>,
    #[serde(flatten)]
    ending_report: EndingReport,
    #[serde(skip)]
    pub ending: Ending,
    pub settings: TrainingSettings,
}

/// A split's metrics, as `warmup evaluate` prints them.
#[derive(Serialize)]
pub struct Change {
    pub before: serde_json::Value,
    pub after: serde_json::Value,
}

#[derive(Serialize)]
pub struct GeneralChange {
    pub tokens: usize,
    pub perplexity_before: f64,
    pub perplexity_after: f64,
}

/// A state of the model, measured.
pub struct Measures {
    pub validation: Option<serde_json::Value>,
    pub test: Option<serde_json::Value>,
    pub general: Option<TextLoss>,
}

impl Measures {
    pub fn general(job: &Job, model: &Gpt2) -> Result<Option<TextLoss>, CliError> {
        job.general
            .as_ref()
            .map(|general| general.measure(model))
            .transpose()
    }
}

/// What a run came to.
pub struct Outcome {
    pub task: RunnableTask,
    pub labels: Option<Vec<String>>,
    pub plan: RunPlan,
    pub before: Measures,
    pub after: Measures,
    pub bytes_saved: u64,
    pub training_seconds: f64,
    pub ending: Ending,
    pub settings: TrainingSettings,
}

impl Outcome {
    pub fn summary(self, job: &Job) -> Summary {
        self.summary_of(&job.arguments, job.started)
    }

    pub fn summary_of(self, arguments: &Arguments, started: Instant) -> Summary {
        let change = |pair| match pair {
            (Some(before), Some(after)) => Some(Change { before, after }),
            _ => None,
        };
        let general = self.before.general.zip(self.after.general);
        Summary {
            task: self.task.name(),
            model: arguments.model.display().to_string(),
            data: arguments.data.display().to_string(),
            device: arguments.device.name(),
            labels: self.labels,
            train: None,
            trainable_parameters: self.plan.trainable_parameters(),
            total_parameters: self.plan.total_parameters(),
            strategy: self.plan.strategy,
            validation: change((self.before.validation, self.after.validation)),
            test: change((self.before.test, self.after.test)),
            general: general.map(|(before, after)| GeneralChange {
                tokens: before.tokens,
                perplexity_before: before.perplexity(),
                perplexity_after: after.perplexity(),
            }),
            bytes_saved: self.bytes_saved,
            training_seconds: self.training_seconds,
            seconds: started.elapsed().as_secs_f64(),
            peak_memory_bytes: memory::peak_bytes(),
            peak_resident_bytes: memory::peak_resident_bytes(),
            ending_report: self.ending.report(),
            ending: self.ending,
            settings: self.settings,
        }
    }
}
