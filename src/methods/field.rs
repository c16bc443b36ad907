//! What can be chosen of a method, as text: in the form of the page, in an address, as a flag. One parser for all three.

use std::str::FromStr;

use super::targets::owned;
use crate::faults::{Rule, SettingsError};
use crate::settings::Family;

/// A setting that can be chosen. Methods that share one share its meaning.
#[derive(Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name in addresses and in the form.
    pub key: &'static str,
    /// Its name on the command line, without the dashes.
    pub flag: &'static str,
    /// Another name there.
    pub alias: Option<&'static str>,
    pub reach: Reach,
    /// What the command line says of it.
    pub help: &'static str,
}

/// Where a field can be changed, beside the command line; each includes those after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// In the form, in a lesson too.
    Lesson,
    /// In the form of the lab.
    Lab,
    /// In an address.
    Address,
    /// Nowhere else.
    Flag,
}

impl Field {
    pub fn is_in_form(&self) -> bool {
        matches!(self.reach, Reach::Lesson | Reach::Lab)
    }

    pub fn is_in_address(&self) -> bool {
        self.reach != Reach::Flag
    }
}

/// The place of a field's value in the settings.
pub enum Value<'a> {
    /// A whole number. Beyond `most` a page would only run out of memory or patience.
    Whole {
        at: &'a mut usize,
        most: usize,
    },
    Number(&'a mut f64),
    Switch(&'a mut bool),
    /// Names of modules with commas between them.
    Modules(&'a mut Vec<String>),
    /// One of some words.
    Choice(&'a mut dyn Choice),
}

/// A setting that is one of some words.
pub trait Choice {
    fn words(&self) -> &'static [&'static str];
    fn word(&self) -> &'static str;
    /// Takes the value of this word; whether there is one.
    fn choose(&mut self, word: &str) -> bool;
}

impl Value<'_> {
    pub fn text(&self) -> String {
        match self {
            Self::Whole { at, .. } => at.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Switch(switch) => switch.to_string(),
            Self::Modules(names) => names.join(","),
            Self::Choice(choice) => choice.word().to_owned(),
        }
    }

    /// Takes the value that `text` says, or says what it must be. Modules are a model's of this family.
    pub fn set(&mut self, text: &str, family: Family) -> Result<(), SettingsError> {
        match self {
            Self::Whole { at, .. } => **at = parsed(text, Rule::Whole)?,
            Self::Number(number) => **number = parsed(text, Rule::Number)?,
            Self::Switch(switch) => **switch = parsed(text, Rule::Switch)?,
            Self::Modules(names) => {
                let rule = || SettingsError::MustBe(modules_rule(family));
                **names = modules(text, family).ok_or_else(rule)?;
            }
            Self::Choice(choice) => {
                if !choice.choose(text) {
                    let words = owned(choice.words());
                    return Err(SettingsError::MustBe(Rule::Either(words)));
                }
            }
        }
        Ok(())
    }
}

/// The value that `text` says, which must keep to a rule.
pub fn parsed<T: FromStr>(text: &str, rule: Rule) -> Result<T, SettingsError> {
    text.parse().map_err(|_| SettingsError::MustBe(rule))
}

/// Module names with commas between them, `all-linear` spelled out.
fn modules(text: &str, family: Family) -> Option<Vec<String>> {
    let names = text.split(',').map(|name| name.trim().to_owned());
    let names = names.filter(|name| !name.is_empty()).collect();
    let plain = |name: &String| {
        name.chars()
            .all(|c| c.is_ascii_alphanumeric() || "._".contains(c))
    };
    let names = family.expand_targets(names);
    (!names.is_empty() && names.iter().all(plain)).then_some(names)
}

fn modules_rule(family: Family) -> Rule {
    Rule::Modules {
        example: family.lora_targets().join(","),
    }
}

/// Modules that something stands beside.
pub const TARGETS: Field = Field {
    key: "targets",
    flag: "target-modules",
    alias: None,
    reach: Reach::Lab,
    help: "Names with commas between them, matched at the end of a module's path, or all-linear",
};

/// The rank of what stands beside a matrix.
pub const RANK: Field = Field {
    key: "rank",
    flag: "rank",
    alias: Some("r"),
    reach: Reach::Lesson,
    help: "Rank of the product beside a matrix",
};

/// The most that a page takes of [`RANK`].
pub const MOST_RANK: usize = 1024;

/// Learned vectors before the text.
pub const VIRTUAL_TOKENS: Field = Field {
    key: "virtual",
    flag: "num-virtual-tokens",
    alias: None,
    reach: Reach::Lesson,
    help: "Learned vectors before the text",
};

/// The most that a page takes of [`VIRTUAL_TOKENS`].
pub const MOST_VIRTUAL_TOKENS: usize = 256;
