//! Settings of the parameter-efficient methods beside LoRA.

use serde::{Deserialize, Serialize};

use super::strategy::names_module;

/// The settings of PEFT's `IA3Config` (Liu et al. 2022).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ia3Settings {
    /// Modules whose output is rescaled, matched as LoRA's are.
    pub target_modules: Vec<String>,
    /// Those of them whose input is rescaled instead.
    pub feedforward_modules: Vec<String>,
}

impl Default for Ia3Settings {
    /// PEFT's own choice for GPT-2: queries, keys and values, and what the MLP's second layer reads.
    fn default() -> Self {
        Self {
            target_modules: vec!["c_attn".into(), "mlp.c_proj".into()],
            feedforward_modules: vec!["mlp.c_proj".into()],
        }
    }
}

impl Ia3Settings {
    pub fn targets(&self, module_path: &str) -> bool {
        names_module(&self.target_modules, module_path)
    }

    /// Whether a targeted module has its input rescaled.
    pub fn is_feedforward(&self, module_path: &str) -> bool {
        names_module(&self.feedforward_modules, module_path)
    }
}

/// Those of `targets` that name none of the modules that an adapter can stand beside.
///
/// A part that matches nothing is a slip (`c_porj`): a run that leaves it out in silence is another run than was asked
/// for.
pub fn unmatched_targets(targets: &[String], module_paths: &[impl AsRef<str>]) -> Vec<String> {
    let is_matched = |target: &String| {
        let name = std::slice::from_ref(target);
        let mut paths = module_paths.iter();
        paths.any(|path| names_module(name, path.as_ref()))
    };
    let unmatched = targets.iter().filter(|target| !is_matched(target));
    unmatched.cloned().collect()
}

/// Where bottleneck adapters stand in a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Placement {
    /// After attention and after the MLP, with SiLU (Houlsby et al. 2019; `double_seq_bn` in the `adapters` library).
    Houlsby,
    /// After the MLP alone, on the sum with its residual, with ReLU (Pfeiffer et al. 2020; `seq_bn` there).
    Pfeiffer,
}

impl Placement {
    /// The word for it in flags and files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Houlsby => "houlsby",
            Self::Pfeiffer => "pfeiffer",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        [Self::Houlsby, Self::Pfeiffer]
            .into_iter()
            .find(|placement| placement.name() == word)
    }

    pub fn per_block(self) -> usize {
        match self {
            Self::Houlsby => 2,
            Self::Pfeiffer => 1,
        }
    }
}

/// Bottleneck adapters: down to a few dimensions, a nonlinearity, and up again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BottleneckSettings {
    pub placement: Placement,
    /// Dimensions in the middle.
    pub bottleneck: usize,
}

impl Default for BottleneckSettings {
    fn default() -> Self {
        Self {
            placement: Placement::Pfeiffer,
            bottleneck: 16,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_target_that_matches_nothing_is_named() {
        let modules = ["transformer.h.0.attn.c_attn", "transformer.h.0.mlp.c_proj"];
        let unmatched = |targets: &[&str]| {
            let targets: Vec<String> = targets.iter().map(|t| (*t).to_owned()).collect();
            unmatched_targets(&targets, &modules)
        };
        assert!(unmatched(&["c_attn", "mlp.c_proj"]).is_empty());
        assert_eq!(unmatched(&["c_attn", "c_porj", "foo"]), ["c_porj", "foo"]);
        assert_eq!(unmatched(&["attn.c_proj"]), ["attn.c_proj"]);
        assert_eq!(unmatched(&["proj"]), ["proj"]);
    }
}
