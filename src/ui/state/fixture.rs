//! What tests of the page have the engine say.

use crate::protocol::{ModelInfo, Speech};
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
