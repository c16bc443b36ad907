//! Which architecture a model is of, and what its parts are called there.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Family {
    /// A decoder: each token sees those before it.
    #[default]
    Gpt2,
    /// An encoder: each token sees all others.
    Bert,
}

impl Family {
    pub const ALL: [Self; 2] = [Self::Gpt2, Self::Bert];

    /// As `model_type` in a `config.json`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Gpt2 => "gpt2",
            Self::Bert => "bert",
        }
    }

    pub fn parse(model_type: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|f| f.name() == model_type)
    }

    /// As people write it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Gpt2 => "GPT-2",
            Self::Bert => "BERT",
        }
    }

    /// What PEFT's word `all-linear` stands for, every linear layer but the heads: the modules that can be named, a name
    /// each.
    pub fn linear_modules(self) -> &'static [&'static str] {
        match self {
            Self::Gpt2 => &["c_attn", "c_fc", "c_proj"],
            Self::Bert => &["query", "key", "value", "dense"],
        }
    }

    /// The path of a module of a block.
    pub fn path(self, block: usize, module: &str) -> String {
        match self {
            Self::Gpt2 => format!("transformer.h.{block}.{module}"),
            Self::Bert => format!("bert.encoder.layer.{block}.{module}"),
        }
    }

    /// Inputs and outputs of a linear layer whose weight has this shape: GPT-2 keeps them the other way round.
    pub fn inputs_and_outputs(self, [rows, columns]: [usize; 2]) -> (usize, usize) {
        match self {
            Self::Gpt2 => (rows, columns),
            Self::Bert => (columns, rows),
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

    /// What a module of another family is called here; a name that is not another family's stays.
    pub fn own_names(self, name: String) -> Vec<String> {
        let (from, to) = match self {
            Self::Gpt2 => (1, 0),
            Self::Bert => (0, 1),
        };
        let is_it = |row: &&[&[&str]; 2]| row[from].contains(&name.as_str());
        match TWINS.iter().find(is_it) {
            Some(row) => owned(row[to]),
            None => vec![name],
        }
    }
}

/// Modules that do the same in a GPT-2 and in a BERT, by their names; the first line that has a name counts. A
/// BERT's `dense` is every layer but queries, keys and values, and its `output.dense` both projections.
const TWINS: [[&[&str]; 2]; 8] = [
    [&["c_attn"], &["query", "key", "value"]],
    [&["attn.c_attn"], &["query", "key", "value"]],
    [&["attn.c_proj"], &["attention.output.dense"]],
    [&["c_fc"], &["intermediate.dense"]],
    [&["mlp.c_fc"], &["intermediate.dense"]],
    [&["c_proj"], &["output.dense"]],
    [&["mlp.c_proj"], &["output.dense"]],
    [&["c_proj", "c_fc"], &["dense"]],
];

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
