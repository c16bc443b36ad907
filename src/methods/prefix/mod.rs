//! Prefix tuning (Li & Liang 2021, without the reparametrisation): learned keys and values before the text's, in every
//! block.

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
pub struct PrefixSettings {
    pub virtual_tokens: usize,
}

pub const FACTS: Facts = Facts {
    group: Group::ParameterEfficient,
    adds: Adds::Elsewhere,
    families: &[Family::Gpt2],
    leaves: Leaves::Adapter,
};

impl Default for PrefixSettings {
    fn default() -> Self {
        Self { virtual_tokens: 8 }
    }
}

impl Method for PrefixSettings {
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
        let of_block = |block| {
            let names = ["attn.prefix.key", "attn.prefix.value"];
            names.map(|name| (model.path(block, name), shape.clone()))
        };
        (0..model.blocks).flat_map(of_block).collect()
    }

    fn export(&self, _program: &Export) -> Exported {
        Exported::Peft {
            config: "PrefixTuningConfig",
            arguments: vec![format!("num_virtual_tokens={}", self.virtual_tokens)],
        }
    }
}
