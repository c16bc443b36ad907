//! Which architecture a model is of, and what its parts are called there.

use serde::{Deserialize, Serialize};

use super::{Ia3Settings, LoraSettings, Strategy};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Family {
    /// A decoder: each token sees those before it.
    #[default]
    Gpt2,
    /// An encoder: each token sees all others.
    Bert,
}

/// Names of modules for a method that stands beside linear layers.
struct Targets {
    /// PEFT's own choice, or the chapter's.
    usual: &'static [&'static str],
    /// What PEFT's word `all-linear` stands for: every linear layer but the heads.
    all_linear: &'static [&'static str],
    /// (IA)³: PEFT's own choice, and those of them whose input is rescaled.
    ia3: &'static [&'static str],
    ia3_feedforward: &'static [&'static str],
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

    fn targets(self) -> Targets {
        match self {
            Self::Gpt2 => Targets {
                usual: &["c_attn", "c_proj"],
                all_linear: &["c_attn", "c_fc", "c_proj"],
                ia3: &["c_attn", "mlp.c_proj"],
                ia3_feedforward: &["mlp.c_proj"],
            },
            Self::Bert => Targets {
                usual: &["query", "value"],
                all_linear: &["query", "key", "value", "dense"],
                ia3: &["key", "value", "output.dense"],
                ia3_feedforward: &["output.dense"],
            },
        }
    }

    /// Where LoRA stands if nothing is said.
    pub fn lora_targets(self) -> Vec<String> {
        owned(self.targets().usual)
    }

    /// The modules that can be named, a name each.
    pub fn linear_modules(self) -> &'static [&'static str] {
        self.targets().all_linear
    }

    /// The same in a sentence.
    pub fn listed_modules(self) -> String {
        match self.linear_modules() {
            [others @ .., last] => format!("{} and {last}", others.join(", ")),
            [] => String::new(),
        }
    }

    /// Where (IA)³ stands if nothing is said: all targets, and those whose input is rescaled.
    pub fn ia3_targets(self) -> (Vec<String>, Vec<String>) {
        let targets = self.targets();
        (owned(targets.ia3), owned(targets.ia3_feedforward))
    }

    /// Target modules with PEFT's word `all-linear` spelled out, without white space around them, each once.
    pub fn expand_targets(self, names: Vec<String>) -> Vec<String> {
        let mut expanded: Vec<String> = Vec::new();
        let names = names.iter().map(|name| name.trim());
        for name in names.filter(|name| !name.is_empty()) {
            let meant = match name {
                "all-linear" => owned(self.targets().all_linear),
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

    /// The strategy with another family's usual targets, or its `all-linear`, said in this family's names. Targets that
    /// somebody chose stay as they are.
    pub fn in_own_words(self, strategy: Strategy) -> Strategy {
        match strategy {
            Strategy::Lora(lora) => Strategy::Lora(LoraSettings {
                target_modules: self.lora_targets_for(lora.target_modules),
                ..lora
            }),
            Strategy::Ia3(ia3) if Self::ALL.iter().any(|f| f.usual_ia3() == ia3) => {
                Strategy::Ia3(self.usual_ia3())
            }
            other => other,
        }
    }

    fn lora_targets_for(self, named: Vec<String>) -> Vec<String> {
        let own = self.targets();
        let mut others = Self::ALL.into_iter().filter(|f| *f != self);
        let said = others.find_map(|other| {
            let theirs = other.targets();
            if named == theirs.usual {
                Some(own.usual)
            } else {
                (named == theirs.all_linear).then_some(own.all_linear)
            }
        });
        said.map_or(named, owned)
    }

    /// As [`Self::in_own_words`], and of targets that somebody chose those that only another family has are said in this
    /// one's names too: a link that was made with a GPT-2 means the same layers of a BERT.
    pub fn translate(self, strategy: Strategy) -> Strategy {
        match self.in_own_words(strategy) {
            Strategy::Lora(lora) => {
                let named = lora.target_modules.into_iter();
                let own = named.flat_map(|name| self.own_names(name)).collect();
                Strategy::Lora(LoraSettings {
                    target_modules: self.expand_targets(own),
                    ..lora
                })
            }
            other => other,
        }
    }

    /// What a module of another family is called here; a name that is not another family's stays.
    fn own_names(self, name: String) -> Vec<String> {
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

    fn usual_ia3(self) -> Ia3Settings {
        let (target_modules, feedforward_modules) = self.ia3_targets();
        Ia3Settings {
            target_modules,
            feedforward_modules,
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

    fn lora(names: &[&str]) -> Strategy {
        Strategy::Lora(LoraSettings {
            target_modules: owned(names),
            ..LoraSettings::default()
        })
    }

    #[test]
    fn usual_targets_are_translated_and_chosen_ones_stay() {
        let in_bert = |strategy| Family::Bert.in_own_words(strategy);
        let gpt2s = Strategy::Lora(LoraSettings::default());
        assert_eq!(in_bert(gpt2s.clone()), lora(&["query", "value"]));
        assert_eq!(
            in_bert(lora(&["c_attn", "c_fc", "c_proj"])),
            lora(&["query", "key", "value", "dense"])
        );
        assert_eq!(in_bert(lora(&["key"])), lora(&["key"]));
        assert_eq!(Family::Gpt2.in_own_words(lora(&["query", "value"])), gpt2s);
        let ia3 = in_bert(Strategy::Ia3(Ia3Settings::default()));
        assert_eq!(ia3, Strategy::Ia3(Family::Bert.usual_ia3()));
    }

    #[test]
    fn chosen_targets_are_translated_one_by_one_where_that_is_asked_for() {
        let in_bert = |names: &[&str]| Family::Bert.translate(lora(names));
        let qkv = ["query", "key", "value"];
        assert_eq!(in_bert(&["c_attn"]), lora(&qkv));
        assert_eq!(
            in_bert(&["c_attn", "attn.c_proj"]),
            lora(&["query", "key", "value", "attention.output.dense"])
        );
        assert_eq!(in_bert(&["c_attn", "c_proj"]), lora(&["query", "value"]));
        assert_eq!(in_bert(&["key", "c_porj"]), lora(&["key", "c_porj"]));
        let c_attn = lora(&["c_attn"]);
        assert_eq!(Family::Bert.in_own_words(c_attn.clone()), c_attn);
        let in_gpt2 = |names: &[&str]| Family::Gpt2.translate(lora(names));
        assert_eq!(
            in_gpt2(&["query", "dense"]),
            lora(&["c_attn", "c_proj", "c_fc"])
        );
        let own = ["c_attn", "mlp.c_proj"];
        assert_eq!(in_gpt2(&own), lora(&own));
    }

    #[test]
    fn all_linear_is_every_linear_layer_once() {
        let expanded = |family: Family, names: &[&str]| family.expand_targets(owned(names));
        let gpt2 = expanded(Family::Gpt2, &["c_attn", "all-linear"]);
        assert_eq!(gpt2, ["c_attn", "c_fc", "c_proj"]);
        let bert = expanded(Family::Bert, &["all-linear"]);
        assert_eq!(bert, ["query", "key", "value", "dense"]);
    }
}
