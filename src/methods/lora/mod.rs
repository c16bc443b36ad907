//! LoRA (Hu et al. 2021): low-rank adapters beside frozen weights.

#[cfg(feature = "engine")]
pub mod blend;
#[cfg(feature = "engine")]
pub mod layer;
#[cfg(feature = "engine")]
mod patterns;
#[cfg(feature = "engine")]
mod peft;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::export::{Export, Exported, fan_in_fan_out, list, short_number};
use super::field::{self, Field, Reach, Value};
use super::fit::check_rank;
use super::method::{Adds, Facts, Group, Leaves, Method};
use super::shape::{LinearShape, ModelShape};
use super::targets::{self, names_module, owned};
use crate::faults::{PlanError, Setting};
use crate::settings::{Bound, Family, MOST_SIZE, Shapes};

/// The settings of PEFT's `LoraConfig` that the models here need.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LoraSettings {
    pub rank: usize,
    pub alpha: f64,
    pub dropout: f64,
    pub target_modules: Vec<String>,
    /// Divide alpha by √r instead of r (rsLoRA, Kalajdzievski 2023), so that a larger rank is not also a
    /// quieter one.
    #[serde(default)]
    pub use_rslora: bool,
    /// Learn the length of each of the weight's columns apart from its direction (DoRA, Liu et al. 2024).
    #[serde(default)]
    pub use_dora: bool,
    /// Rank and alpha of each module that it stands beside, by their paths, where an adapter from elsewhere has not the same
    /// for all. Else empty.
    #[serde(default)]
    pub by_module: BTreeMap<String, ModuleSize>,
}

/// A module's own rank and alpha.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ModuleSize {
    pub rank: usize,
    pub alpha: f64,
}

pub const FACTS: Facts = Facts {
    group: Group::ParameterEfficient,
    adds: Adds::BesideLayers,
    families: &Family::ALL,
    leaves: Leaves::MergeableAdapter,
};

const ALPHA: Field = Field {
    key: "alpha",
    flag: "alpha",
    alias: Some("lora-alpha"),
    reach: Reach::Lesson,
    help: "The product is scaled by alpha/r",
};

const DROPOUT: Field = Field {
    key: "dropout",
    flag: "dropout",
    alias: Some("lora-dropout"),
    reach: Reach::Address,
    help: "Share of what goes into the product that is dropped in training",
};

const RSLORA: Field = Field {
    key: "rslora",
    flag: "use-rslora",
    alias: None,
    reach: Reach::Address,
    help: "Scale by alpha/√r instead of alpha/r",
};

const DORA: Field = Field {
    key: "dora",
    flag: "use-dora",
    alias: None,
    reach: Reach::Address,
    help: "Learn the lengths of a weight's columns apart from their direction",
};

impl Default for LoraSettings {
    /// The chapter's own: r = 8, alpha = 16, `c_attn` and `c_proj`; dropout off, so that runs repeat.
    fn default() -> Self {
        Self {
            rank: 8,
            alpha: 16.0,
            dropout: 0.0,
            target_modules: owned(Family::default().lora_targets()),
            use_rslora: false,
            use_dora: false,
            by_module: BTreeMap::new(),
        }
    }
}

impl LoraSettings {
    /// What the product B·A is multiplied by, where no module has its own rank and alpha.
    pub fn scaling(&self) -> f64 {
        self.scaled(self.usual_size())
    }

    /// The same beside a module.
    pub fn scaling_at(&self, module_path: &str) -> f64 {
        self.scaled(self.size_at(module_path))
    }

    fn scaled(&self, ModuleSize { rank, alpha }: ModuleSize) -> f64 {
        let rank = rank as f64;
        alpha / if self.use_rslora { rank.sqrt() } else { rank }
    }

    fn usual_size(&self) -> ModuleSize {
        ModuleSize {
            rank: self.rank,
            alpha: self.alpha,
        }
    }

    fn size_at(&self, module_path: &str) -> ModuleSize {
        let own = self.by_module.get(module_path).copied();
        own.unwrap_or_else(|| self.usual_size())
    }

    pub fn rank_at(&self, module_path: &str) -> usize {
        self.size_at(module_path).rank
    }

    /// Whether it stands beside the module.
    pub fn targets(&self, module_path: &str) -> bool {
        names_module(&self.target_modules, module_path)
    }

    /// The modules with another rank than most, and that.
    fn own_ranks(&self) -> impl Iterator<Item = (&String, usize)> {
        let all = self.by_module.iter().map(|(path, at)| (path, at.rank));
        all.filter(|(_, rank)| *rank != self.rank)
    }

    /// The same with another alpha.
    fn own_alphas(&self) -> impl Iterator<Item = (&String, f64)> {
        let all = self.by_module.iter().map(|(path, at)| (path, at.alpha));
        all.filter(|(_, alpha)| *alpha != self.alpha)
    }

    /// What `LoraConfig` is told of modules with another rank or alpha.
    fn patterns(&self) -> Vec<String> {
        let pattern = |field: &str, all: Vec<String>| {
            (!all.is_empty()).then(|| format!("{field}={{{}}}", all.join(", ")))
        };
        let ranks = self.own_ranks();
        let ranks = ranks.map(|(path, rank)| format!("\"{path}\": {rank}"));
        let alphas = self.own_alphas();
        let alphas = alphas.map(|(path, alpha)| format!("\"{path}\": {}", short_number(alpha)));
        let patterns = [
            pattern("rank_pattern", ranks.collect()),
            pattern("alpha_pattern", alphas.collect()),
        ];
        patterns.into_iter().flatten().collect()
    }
}

impl Method for LoraSettings {
    fn bounds(&self) -> Vec<Bound> {
        vec![
            Bound::whole(Setting::LoraRank, self.rank, MOST_SIZE),
            Bound::above_zero(Setting::LoraAlpha, self.alpha),
            Bound::below_one(Setting::LoraDropout, self.dropout),
        ]
    }

    fn fields(&mut self) -> Vec<(&'static Field, Value<'_>)> {
        let Self {
            rank: at,
            alpha,
            dropout,
            target_modules,
            use_rslora,
            use_dora,
            by_module: _,
        } = self;
        let most = field::MOST_RANK;
        vec![
            (&field::RANK, Value::Whole { at, most }),
            (&ALPHA, Value::Number(alpha)),
            (&field::TARGETS, Value::Modules(target_modules)),
            (&DROPOUT, Value::Number(dropout)),
            (&RSLORA, Value::Switch(use_rslora)),
            (&DORA, Value::Switch(use_dora)),
        ]
    }

    fn targets(&self) -> &[String] {
        &self.target_modules
    }

    fn targets_mut(&mut self) -> Option<&mut Vec<String>> {
        Some(&mut self.target_modules)
    }

    fn say_in(&mut self, family: Family) {
        targets::say_in(family, &mut self.target_modules, Family::lora_targets);
    }

    fn translate(&mut self, family: Family) {
        targets::translate(family, &mut self.target_modules, Family::lora_targets);
    }

    fn beside(&self, layer: &LinearShape) -> Shapes {
        if !self.targets(&layer.path) {
            return Shapes::new();
        }
        let at = |name: &str, shape| (format!("{}.lora.{name}", layer.path), shape);
        let rank = self.rank_at(&layer.path);
        let mut added = vec![
            at("a", vec![rank, layer.inputs]),
            at("b", vec![layer.outputs, rank]),
        ];
        if self.use_dora {
            added.push(at("magnitude", vec![layer.outputs]));
        }
        added
    }

    fn check(&self, model: &ModelShape) -> Result<(), PlanError> {
        check_rank(model, &self.target_modules, self.rank)
    }

    fn export(&self, program: &Export) -> Exported {
        let mut arguments = vec![
            format!("r={}", self.rank),
            format!("lora_alpha={}", short_number(self.alpha)),
            format!("lora_dropout={}", short_number(self.dropout)),
            format!("target_modules={}", list(&self.target_modules)),
        ];
        arguments.extend(self.patterns());
        arguments.extend(fan_in_fan_out(program.family));
        if self.use_rslora {
            arguments.push("use_rslora=True".into());
        }
        if self.use_dora {
            arguments.push("use_dora=True".into());
        }
        let config = "LoraConfig";
        Exported::Peft { config, arguments }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c_proj_means_both_projections() {
        let lora = LoraSettings::default();
        assert!(lora.targets("transformer.h.0.attn.c_attn"));
        assert!(lora.targets("transformer.h.0.attn.c_proj"));
        assert!(lora.targets("transformer.h.0.mlp.c_proj"));
        assert!(!lora.targets("transformer.h.0.mlp.c_fc"));
    }

    #[test]
    fn rslora_divides_by_the_root() {
        let lora = LoraSettings {
            rank: 16,
            use_rslora: true,
            ..Default::default()
        };
        assert_eq!(lora.scaling(), 4.0);
    }

    #[test]
    fn the_base_stays_and_the_head_trains() {
        let lora = LoraSettings::default();
        assert!(!lora.trains("transformer.h.0.attn.c_attn.weight"));
        assert!(lora.trains("score.weight"));
    }

    fn in_words_of(
        family: Family,
        names: &[&str],
        change: fn(&mut LoraSettings, Family),
    ) -> String {
        let mut lora = LoraSettings {
            target_modules: owned(names),
            ..LoraSettings::default()
        };
        change(&mut lora, family);
        lora.target_modules.join(",")
    }

    #[test]
    fn usual_targets_are_said_in_a_familys_words_and_chosen_ones_stay() {
        let said = |family, names: &[&str]| in_words_of(family, names, LoraSettings::say_in);
        assert_eq!(said(Family::Bert, &["c_attn", "c_proj"]), "query,value");
        assert_eq!(
            said(Family::Bert, &["c_attn", "c_fc", "c_proj"]),
            "query,key,value,dense"
        );
        assert_eq!(said(Family::Bert, &["key"]), "key");
        assert_eq!(said(Family::Bert, &["c_attn"]), "c_attn");
        assert_eq!(said(Family::Gpt2, &["query", "value"]), "c_attn,c_proj");
    }

    #[test]
    fn chosen_targets_are_translated_one_by_one_where_that_is_asked_for() {
        let said = |family, names: &[&str]| in_words_of(family, names, LoraSettings::translate);
        assert_eq!(said(Family::Bert, &["c_attn"]), "query,key,value");
        assert_eq!(
            said(Family::Bert, &["c_attn", "attn.c_proj"]),
            "query,key,value,attention.output.dense"
        );
        assert_eq!(said(Family::Bert, &["c_attn", "c_proj"]), "query,value");
        assert_eq!(said(Family::Bert, &["key", "c_porj"]), "key,c_porj");
        assert_eq!(
            said(Family::Gpt2, &["query", "dense"]),
            "c_attn,c_proj,c_fc"
        );
        assert_eq!(
            said(Family::Gpt2, &["c_attn", "mlp.c_proj"]),
            "c_attn,mlp.c_proj"
        );
    }
}
