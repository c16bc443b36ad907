//! Prompt tuning (Lester et al. 2021): learned embeddings before the text.

#[cfg(feature = "engine")]
pub mod layer;
#[cfg(feature = "engine")]
mod peft;

use serde::{Deserialize, Serialize};

use super::export::{Export, Exported};
use super::field::{Field, MOST_VIRTUAL_TOKENS, VIRTUAL_TOKENS, Value};
use super::method::{Adds, Facts, Group, Leaves, Method};
use super::shape::ModelShape;
use crate::settings::{Bound, Family, MOST_SIZE, Shapes};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PromptSettings {
    pub virtual_tokens: usize,
}

pub const FACTS: Facts = Facts {
    group: Group::ParameterEfficient,
    adds: Adds::Elsewhere,
    families: &[Family::Gpt2],
    leaves: Leaves::Adapter,
};

impl Default for PromptSettings {
    fn default() -> Self {
        Self { virtual_tokens: 8 }
    }
}

impl Method for PromptSettings {
    fn bounds(&self) -> Vec<Bound> {
        let (name, tokens) = ("number of virtual tokens", self.virtual_tokens);
        vec![Bound::whole(name, tokens, MOST_SIZE)]
    }

    fn fields(&mut self) -> Vec<(&'static Field, Value<'_>)> {
        let (at, most) = (&mut self.virtual_tokens, MOST_VIRTUAL_TOKENS);
        vec![(&VIRTUAL_TOKENS, Value::Whole { at, most })]
    }

    fn virtual_tokens(&self) -> usize {
        self.virtual_tokens
    }

    fn elsewhere(&self, model: &ModelShape) -> Shapes {
        let shape = vec![self.virtual_tokens, model.width];
        vec![("transformer.prompt.weight".to_owned(), shape)]
    }

    fn export(&self, _program: &Export) -> Exported {
        Exported::Peft {
            config: "PromptTuningConfig",
            arguments: vec![format!("num_virtual_tokens={}", self.virtual_tokens)],
        }
    }
}
