//! What the reference wrote down of a training run.

use serde::Deserialize;

use super::error::wrong;
use super::library::Library;
use super::set::Set;
use crate::faults::Fault;
use crate::settings::{Remedies, ScheduleKind, Strategy, TrainingSettings, WeightDecayOn};

/// Its settings, and numbers of every step.
#[derive(Debug, Clone, Deserialize)]
pub struct Record {
    betas: [f64; 2],
    eps: f64,
    pub weight_decay: f64,
    /// `uniform` (and `none`) decay everything that trains, `trainer` spares biases and layer norms.
    decay_mode: String,
    max_grad_norm: f64,
    lr: f64,
    warmup: usize,
    pub total: usize,
    pub losses: Vec<f64>,
    pub lrs: Vec<f64>,
    pub grad_norms: Vec<f64>,
    /// What remedies against forgetting added to each loss.
    #[serde(default)]
    pub remedy_losses: Vec<f64>,
    #[serde(default)]
    pub remedies: Remedies,
    #[serde(default)]
    pub final_loss_on_batch0: Option<f64>,
    pub n_trainable: usize,
    pub n_total: usize,
    pub trainable: Vec<String>,
    #[serde(default)]
    pub decayed: Option<Vec<String>>,
}

impl Record {
    pub fn read(set: &Set, stem: &str) -> Result<Self, Fault> {
        Self::read_at(set.library, &set.path(stem))
    }

    /// `stem` is the whole path without its ending.
    pub fn read_at(library: &Library, stem: &str) -> Result<Self, Fault> {
        let path = format!("{stem}.json");
        let record: Self = library.json(&path)?;
        match record.decay_mode.as_str() {
            "none" | "uniform" | "trainer" => Ok(record),
            other => {
                let reason = format!("decay_mode is {other}, but must be none, uniform or trainer");
                Err(wrong(&path, reason))
            }
        }
    }

    pub fn settings(&self, strategy: Strategy) -> TrainingSettings {
        TrainingSettings {
            strategy,
            learning_rate: self.lr,
            schedule: ScheduleKind::Linear,
            warmup_steps: self.warmup,
            total_steps: self.total,
            weight_decay: self.weight_decay,
            weight_decay_on: match self.decay_mode.as_str() {
                "trainer" => WeightDecayOn::Matrices,
                _ => WeightDecayOn::Everything,
            },
            max_grad_norm: self.max_grad_norm,
            adam_beta1: self.betas[0],
            adam_beta2: self.betas[1],
            adam_epsilon: self.eps,
            remedies: self.remedies,
            ..TrainingSettings::default()
        }
    }
}
