//! Partial fine-tuning: the embeddings (and with them the tied head) and the first blocks stay as they are.

use serde::{Deserialize, Serialize};

use super::export::{Export, Exported, list};
use super::field::{Field, Reach, Value};
use super::method::{Adds, Facts, Group, Leaves, Method};
use super::shape::ModelShape;
use crate::faults::PlanError;
use crate::settings::Family;
use crate::settings::names::{Place, place};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PartialSettings {
    pub frozen_blocks: usize,
}

pub const FACTS: Facts = Facts {
    group: Group::Partial,
    adds: Adds::Nothing,
    families: &Family::ALL,
    leaves: Leaves::WholeModel,
};

const FREEZE: Field = Field {
    key: "freeze",
    flag: "freeze-layers",
    alias: None,
    reach: Reach::Lesson,
    help: "First blocks that stand still, with the embeddings; half of them if not given",
};

impl Default for PartialSettings {
    fn default() -> Self {
        Self { frozen_blocks: 2 }
    }
}

impl Method for PartialSettings {
    fn fields(&mut self) -> Vec<(&'static Field, Value<'_>)> {
        let at = &mut self.frozen_blocks;
        vec![(&FREEZE, Value::Whole { at, most: 1024 })]
    }

    fn suit(&mut self, blocks: usize) {
        self.frozen_blocks = blocks / 2;
    }

    fn trains(&self, name: &str) -> bool {
        match place(name) {
            Place::Embeddings => false,
            Place::Block(block) => block >= self.frozen_blocks,
            // What comes after the blocks moves when the last of them do.
            Place::LastNorm | Place::Pooler | Place::WordHead | Place::Head => true,
        }
    }

    fn check(&self, model: &ModelShape) -> Result<(), PlanError> {
        let (frozen, blocks) = (self.frozen_blocks, model.blocks);
        match frozen > blocks {
            true => Err(PlanError::TooManyFrozenBlocks { frozen, blocks }),
            false => Ok(()),
        }
    }

    fn export(&self, program: &Export) -> Exported {
        let blocks = self.frozen_blocks;
        let facts = program.family.facts();
        let whole = |part: &&str| format!("{}{part}", facts.prefix);
        let embeddings: Vec<String> = facts.embeddings.iter().map(whole).collect();
        let (embeddings, block) = (list(&embeddings), whole(&facts.blocks));
        Exported::Plain(format!(
            "# Partial: the embeddings and the first {blocks} blocks are frozen.\n\
             frozen = {embeddings}\n\
             frozen += [f\"{block}{{block}}.\" for block in range({blocks})]\n\
             for name, parameter in model.named_parameters():\n    \
                 parameter.requires_grad = not name.startswith(tuple(frozen))\n"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn embeddings_and_first_blocks_are_frozen() {
        let partial = PartialSettings { frozen_blocks: 2 };
        for frozen in [
            "transformer.wte.weight",
            "transformer.wpe.weight",
            "transformer.h.1.ln_1.bias",
            "bert.embeddings.word_embeddings.weight",
            "bert.encoder.layer.1.output.dense.bias",
        ] {
            assert!(!partial.trains(frozen), "{frozen}");
        }
        for moving in [
            "transformer.h.2.attn.c_attn.weight",
            "transformer.ln_f.weight",
            "score.weight",
            "bert.encoder.layer.2.attention.self.key.weight",
            "bert.pooler.dense.weight",
            "cls.predictions.bias",
            "classifier.weight",
        ] {
            assert!(partial.trains(moving), "{moving}");
        }
    }
}
