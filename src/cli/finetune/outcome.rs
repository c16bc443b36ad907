//! What a run came to, gathered for its summary.

use std::time::Instant;

use serde_json::Value;

use super::Arguments;
use super::ending::Ending;
use super::summary::{Change, GeneralChange, Summary};
use crate::cli::memory;
use crate::protocol::{GeneralScore, RunPlan};
use crate::settings::{Task, TrainingSettings};

/// A state of the model, measured.
pub struct Measures {
    pub validation: Option<Value>,
    pub test: Option<Value>,
    pub general: Option<GeneralScore>,
}

pub struct Outcome {
    pub task: Task,
    pub labels: Option<Vec<String>>,
    pub plan: RunPlan,
    /// What there was to train on.
    pub train: Value,
    pub before: Measures,
    pub after: Measures,
    pub bytes_saved: u64,
    pub training_seconds: f64,
    pub ending: Ending,
    pub settings: TrainingSettings,
}

impl Outcome {
    pub fn summary(self, arguments: &Arguments, started: Instant) -> Summary {
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
            train: Some(self.train),
            trainable_parameters: self.plan.trainable_parameters(),
            total_parameters: self.plan.total_parameters(),
            strategy: self.plan.strategy,
            validation: change((self.before.validation, self.after.validation)),
            test: change((self.before.test, self.after.test)),
            general: general.and_then(|(before, after)| GeneralChange::of(before, after)),
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
