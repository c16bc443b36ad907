//! (IA)³ (Liu et al. 2022): learned factors on what frozen layers read or give.

#[cfg(feature = "engine")]
pub mod layer;
#[cfg(feature = "engine")]
mod peft;

use serde::{Deserialize, Serialize};

use super::export::{Export, Exported, list};
use super::field::{self, Field, Reach, Value};
use super::method::{Adds, Facts, Group, Leaves, Method};
use super::shape::LinearShape;
use super::targets::{names_module, owned};
use crate::faults::SettingsError;
use crate::settings::{Family, Shapes};

/// The settings of PEFT's `IA3Config`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ia3Settings {
    /// Modules whose output is rescaled, matched as LoRA's are.
    pub target_modules: Vec<String>,
    /// Those of them whose input is rescaled instead.
    pub feedforward_modules: Vec<String>,
}

pub const FACTS: Facts = Facts {
    group: Group::ParameterEfficient,
    adds: Adds::BesideLayers,
    families: &Family::ALL,
    leaves: Leaves::MergeableAdapter,
};

/// In an address, `targets` are LoRA's.
const TARGETS: Field = Field {
    reach: Reach::Flag,
    ..field::TARGETS
};

const FEEDFORWARD: Field = Field {
    key: "feedforward",
    flag: "feedforward-modules",
    alias: None,
    reach: Reach::Flag,
    help: "Modules of --target-modules whose input (IA)³ rescales instead of their output",
};

impl Default for Ia3Settings {
    /// PEFT's own choice for GPT-2: queries, keys and values, and what the MLP's second layer reads.
    fn default() -> Self {
        Self::usual(Family::default())
    }
}

impl Ia3Settings {
    /// Where it stands if nothing is said: PEFT's own choice.
    pub fn usual(family: Family) -> Self {
        let facts = family.facts();
        Self {
            target_modules: owned(facts.ia3_targets),
            feedforward_modules: owned(facts.ia3_feedforward),
        }
    }

    pub fn targets(&self, module_path: &str) -> bool {
        names_module(&self.target_modules, module_path)
    }

    /// Whether a targeted module has its input rescaled.
    pub fn is_feedforward(&self, module_path: &str) -> bool {
        names_module(&self.feedforward_modules, module_path)
    }

    /// A feed-forward module that is none of the targets.
    pub fn untargeted(&self) -> Option<&String> {
        let mut feedforward = self.feedforward_modules.iter();
        feedforward.find(|name| !names_module(&self.target_modules, name))
    }
}

impl Method for Ia3Settings {
    fn contradiction(&self) -> Option<SettingsError> {
        let name = self.untargeted()?.clone();
        let targets = self.target_modules.clone();
        Some(SettingsError::Untargeted { name, targets })
    }

    fn fields(&mut self) -> Vec<(&'static Field, Value<'_>)> {
        let Self {
            target_modules,
            feedforward_modules,
        } = self;
        vec![
            (&TARGETS, Value::Modules(target_modules)),
            (&FEEDFORWARD, Value::Modules(feedforward_modules)),
        ]
    }

    fn targets(&self) -> &[String] {
        &self.target_modules
    }

    fn targets_mut(&mut self) -> Option<&mut Vec<String>> {
        Some(&mut self.target_modules)
    }

    fn say_in(&mut self, family: Family) {
        if Family::ALL.iter().any(|other| *self == Self::usual(*other)) {
            *self = Self::usual(family);
        }
    }

    fn beside(&self, layer: &LinearShape) -> Shapes {
        let size = match self.is_feedforward(&layer.path) {
            true => layer.inputs,
            false => layer.outputs,
        };
        let factors = || (format!("{}.ia3.factors", layer.path), vec![size]);
        let is_target = self.targets(&layer.path);
        is_target.then(factors).into_iter().collect()
    }

    fn export(&self, _program: &Export) -> Exported {
        let arguments = vec![
            format!("target_modules={}", list(&self.target_modules)),
            format!("feedforward_modules={}", list(&self.feedforward_modules)),
        ];
        let config = "IA3Config";
        Exported::Peft { config, arguments }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_choice_is_said_in_a_familys_words() {
        let mut ia3 = Ia3Settings::default();
        ia3.say_in(Family::Bert);
        assert_eq!(ia3, Ia3Settings::usual(Family::Bert));
        assert!(ia3.is_feedforward("bert.encoder.layer.0.output.dense"));
    }

    #[test]
    fn a_feed_forward_module_must_be_a_target() {
        let ia3 = Ia3Settings {
            target_modules: owned(&["c_attn"]),
            ..Ia3Settings::default()
        };
        let contradiction = SettingsError::Untargeted {
            name: "mlp.c_proj".to_owned(),
            targets: owned(&["c_attn"]),
        };
        assert_eq!(ia3.contradiction(), Some(contradiction));
        assert_eq!(Ia3Settings::default().contradiction(), None);
    }
}
