//! What tests of the page have the engine say.

use crate::protocol::{ModelInfo, Speech, StepMetrics};
use crate::settings::Family;

/// A GPT-2 too small to exist.
pub fn model_info(name: &str) -> ModelInfo {
    ModelInfo {
        name: name.into(),
        family: Family::Gpt2,
        speech: Speech::NextToken,
        layers: 1,
        heads: 1,
        width: 4,
        vocabulary: 8,
        context: 8,
        weights_bytes: 0,
        weights_were_kept: false,
        load_millis: 0.0,
        parameters: Vec::new(),
    }
}

/// A step of 80 milliseconds.
pub fn step(step: usize) -> StepMetrics {
    StepMetrics {
        step,
        epoch: 0.0,
        loss_nats: 0.7,
        learning_rate: 0.0,
        gradient_norm: 0.0,
        remedy_loss_nats: 0.0,
        step_millis: 80.0,
    }
}
