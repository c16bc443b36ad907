//! Prefix tuning (Li & Liang 2021, without the reparametrisation): learned keys and values before the text's, in every
//! block.

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
pub struct PrefixSettings {
    pub virtual_tokens: usize,
}

impl Default for PrefixSettings {
    fn default() -> Self {
        Self {
            virtual_tokens: virtual_tokens::USUAL,
        }
    }
}

impl Method for PrefixSettings {
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
        let of_block = |block| {
            let names = ["attn.prefix.key", "attn.prefix.value"];
            names.map(|name| (model.path(block, name), shape.clone()))
        };
        (0..model.blocks).flat_map(of_block).collect()
    }

    fn export(&self, _program: &Export) -> Exported {
        Exported::Peft {
            config: "PrefixTuningConfig",
            arguments: virtual_tokens::arguments(self.virtual_tokens),
        }
    }
}
