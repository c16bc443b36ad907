//! Prompt tuning (Lester et al. 2021): learned embeddings before the text.

#[cfg(feature = "engine")]
pub mod layer;
#[cfg(feature = "engine")]
mod peft;

use serde::{Deserialize, Serialize};

use super::export::{Export, Exported};
use super::field::{Field, Value};
use super::method::Method;
use super::shape::ModelShape;
use super::virtual_tokens;
use crate::settings::{Bound, Shapes};

pub use virtual_tokens::FACTS;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PromptSettings {
    pub virtual_tokens: usize,
}

impl Default for PromptSettings {
    fn default() -> Self {
        Self {
            virtual_tokens: virtual_tokens::USUAL,
        }
    }
}

impl Method for PromptSettings {
    fn bounds(&self) -> Vec<Bound> {
        virtual_tokens::bounds(self.virtual_tokens)
    }

    fn fields(&mut self) -> Vec<(&'static Field, Value<'_>)> {
        virtual_tokens::fields(&mut self.virtual_tokens)
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
            arguments: virtual_tokens::arguments(self.virtual_tokens),
        }
    }
}
