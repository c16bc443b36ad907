//! Which architecture a model is of, and what its parts are called there. What tells one family from another stands in a
//! file for each, as one table.

mod bert;
mod gpt2;

use serde::{Deserialize, Serialize};

use super::names::Place;
use super::{Sizes, Task};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Family {
    /// A decoder: each token sees those before it.
    #[default]
    Gpt2,
    /// An encoder: each token sees all others.
    Bert,
}

/// What is so of every model of a family.
#[derive(Debug, Clone, Copy)]
pub struct FamilyFacts {
    /// As `model_type` in a `config.json`.
    pub name: &'static str,
    /// As people write it.
    pub title: &'static str,
    /// What transformers' names of its classes begin with.
    pub class_prefix: &'static str,
    pub is_decoder: bool,
    /// Whether a linear layer's weight is `[inputs, outputs]`, as in transformers' `Conv1D`, and not the other way round.
    pub stores_inputs_first: bool,
    /// Whether it is told which tokens are of a row's second text.
    pub has_token_types: bool,
    /// What the names of its parameters begin with, where a file has not left that out.
    pub prefix: &'static str,
    /// What follows in the names of a block's parameters, before the block's number.
    pub blocks: &'static str,
    /// What follows in the names of the embeddings.
    pub embeddings: &'static [&'static str],
    /// What follows in the names of what lies above the blocks, and what that is.
    pub above: &'static [(&'static str, Place)],
    /// The path of the layer that its classifier of texts reads, where that reads one beside the blocks.
    pub pooler: Option<&'static str>,
    /// The module of its classifier of texts.
    pub text_head: &'static str,
    /// What a configuration of transformers calls its dropouts.
    pub dropouts: &'static [&'static str],
    /// The linear modules, heads apart, a name each.
    pub linear_modules: &'static [&'static str],
    /// Modules that do the same in every family, in the same places: queries, keys and values, twice; attention's
    /// projection; the MLP's first layer, twice; both projections; the MLP's second layer; all but queries, keys and values.
    /// The first place that has a name counts.
    pub twins: [&'static [&'static str]; 8],
    /// Where LoRA stands if nothing is said: PEFT's own choice, or the chapter's.
    pub lora_targets: &'static [&'static str],
    /// Where (IA)³ stands if nothing is said: PEFT's own choice.
    pub ia3_targets: &'static [&'static str],
    /// Those of them whose input is rescaled instead of their output.
    pub ia3_feedforward: &'static [&'static str],
    /// Names of modules that a lesson offers to choose from; others can be written in the lab.
    pub offered_targets: &'static [&'static str],
    /// The smallest published model of the family.
    pub example: Sizes,
}

impl Family {
    pub const ALL: [Self; 2] = [Self::Gpt2, Self::Bert];

    /// All that tells it from the others.
    pub fn facts(self) -> &'static FamilyFacts {
        match self {
            Self::Gpt2 => &gpt2::FACTS,
            Self::Bert => &bert::FACTS,
        }
    }

    /// As `model_type` in a `config.json`.
    pub fn name(self) -> &'static str {
        self.facts().name
    }

    pub fn parse(model_type: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|f| f.name() == model_type)
    }

    /// As people write it.
    pub fn title(self) -> &'static str {
        self.facts().title
    }

    /// Whether each token sees only those before it, so that it goes on with texts; an encoder's see all others.
    pub fn is_decoder(self) -> bool {
        self.facts().is_decoder
    }

    /// What running text teaches it: the next word, or hidden ones.
    pub fn language_task(self) -> Task {
        match self.is_decoder() {
            true => Task::CausalLm,
            false => Task::MaskedLm,
        }
    }

    /// Whether a linear layer's weight is `[inputs, outputs]`: PEFT's `fan_in_fan_out`.
    pub fn stores_inputs_first(self) -> bool {
        self.facts().stores_inputs_first
    }

    /// What PEFT's word `all-linear` stands for, every linear layer but the heads: the modules that can be named, a name
    /// each.
    pub fn linear_modules(self) -> &'static [&'static str] {
        self.facts().linear_modules
    }

    /// Where LoRA stands if nothing is said.
    pub fn lora_targets(self) -> &'static [&'static str] {
        self.facts().lora_targets
    }

    /// The path of a module of a block.
    pub fn path(self, block: usize, module: &str) -> String {
        let FamilyFacts { prefix, blocks, .. } = self.facts();
        format!("{prefix}{blocks}{block}.{module}")
    }

    /// Inputs and outputs of a linear layer whose weight has this shape.
    pub fn inputs_and_outputs(self, [rows, columns]: [usize; 2]) -> (usize, usize) {
        match self.stores_inputs_first() {
            true => (rows, columns),
            false => (columns, rows),
        }
    }

    /// Target modules with PEFT's word `all-linear` spelled out, without white space around them, each once.
    pub fn expand_targets(self, names: Vec<String>) -> Vec<String> {
        let mut expanded: Vec<String> = Vec::new();
        let names = names.iter().map(|name| name.trim());
        for name in names.filter(|name| !name.is_empty()) {
            let meant = match name {
                "all-linear" => owned(self.linear_modules()),
                _ => owned(&[name]),
            };
            for name in meant {
                if !expanded.contains(&name) {
                    expanded.push(name);
                }
            }
        }
        expanded
    }

    /// What a module of another family is called here; a name that is this family's too, or no other's, stays.
    pub fn own_names(self, name: String) -> Vec<String> {
        let place = |family: Self| {
            let mut twins = family.facts().twins.iter();
            twins.position(|names| names.contains(&name.as_str()))
        };
        let of_another = match place(self) {
            Some(_) => None,
            None => Self::ALL.into_iter().find_map(place),
        };
        match of_another {
            Some(place) => owned(self.facts().twins[place]),
            None => vec![name],
        }
    }
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_linear_is_every_linear_layer_once() {
        let expanded = |family: Family, names: &[&str]| family.expand_targets(owned(names));
        let gpt2 = expanded(Family::Gpt2, &["c_attn", "all-linear"]);
        assert_eq!(gpt2, ["c_attn", "c_fc", "c_proj"]);
        let bert = expanded(Family::Bert, &["all-linear"]);
        assert_eq!(bert, ["query", "key", "value", "dense"]);
    }
}
