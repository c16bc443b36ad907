//! What a fine-tuning run trains. The parameter map, the counts and the optimizer all ask here.

use serde::{Deserialize, Serialize};

use super::bounds::Bound;
use super::names::{Place, is_head, place};
use super::{BottleneckSettings, Ia3Settings};

pub use super::names::block as block_of;

/// Which parameters move, and which modules are added for it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Strategy {
    /// Every parameter.
    Full,
    /// The embeddings (and with them the tied head) and the first blocks stay as they are.
    Partial { frozen_blocks: usize },
    /// Only the new head on top (a linear probe).
    Head,
    /// Every bias, those of the layer norms included, and the head (Ben Zaken et al. 2021).
    BitFit,
    /// Low-rank adapters beside frozen weights (Hu et al. 2021).
    Lora(LoraSettings),
    /// Learned factors on what frozen layers read or give (Liu et al. 2022).
    Ia3(Ia3Settings),
    /// Bottleneck adapters between frozen layers (Houlsby et al. 2019).
    Adapter(BottleneckSettings),
    /// Learned embeddings before the text (prompt tuning, Lester et al. 2021).
    Prompt { virtual_tokens: usize },
    /// Learned keys and values before the text's, in every block (Li & Liang 2021).
    Prefix { virtual_tokens: usize },
}

/// The settings of PEFT's `LoraConfig` that GPT-2 needs.
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
}

/// What PEFT's word `all-linear` stands for in GPT-2: every linear layer but the heads.
pub const ALL_LINEAR: [&str; 3] = ["c_attn", "c_fc", "c_proj"];

/// Target modules with `all-linear` spelled out, without white space around them, each once.
pub fn expand_targets(names: Vec<String>) -> Vec<String> {
    let mut expanded: Vec<String> = Vec::new();
    let names = names.iter().map(|name| name.trim());
    for name in names.filter(|name| !name.is_empty()) {
        let one = [name];
        let meant: &[&str] = if name == "all-linear" {
            &ALL_LINEAR
        } else {
            &one
        };
        for name in meant {
            if !expanded.iter().any(|known| known == name) {
                expanded.push((*name).to_owned());
            }
        }
    }
    expanded
}

impl Default for LoraSettings {
    /// The chapter's own: r = 8, alpha = 16, `c_attn` and `c_proj`; dropout off, so that runs repeat.
    fn default() -> Self {
        Self {
            rank: 8,
            alpha: 16.0,
            dropout: 0.0,
            target_modules: vec!["c_attn".into(), "c_proj".into()],
            use_rslora: false,
            use_dora: false,
        }
    }
}

impl LoraSettings {
    /// What the product B·A is multiplied by.
    pub fn scaling(&self) -> f64 {
        let rank = self.rank as f64;
        self.alpha / if self.use_rslora { rank.sqrt() } else { rank }
    }

    /// PEFT's rule: a module is a target when its path equals a name or ends in `.name`. So `c_proj`
    /// names both projections of a block, `attn.c_proj` and `mlp.c_proj`.
    pub fn targets(&self, module_path: &str) -> bool {
        names_module(&self.target_modules, module_path)
    }
}

/// Whether one of `names` is the module's path or the end of it.
pub fn names_module(names: &[String], module_path: &str) -> bool {
    names.iter().any(|name| {
        module_path
            .strip_suffix(name.as_str())
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    })
}

impl Strategy {
    /// The word for it in flags, URLs and files.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Partial { .. } => "partial",
            Self::Head => "head",
            Self::BitFit => "bitfit",
            Self::Lora(_) => "lora",
            Self::Ia3(_) => "ia3",
            Self::Adapter(_) => "adapter",
            Self::Prompt { .. } => "prompt",
            Self::Prefix { .. } => "prefix",
        }
    }

    /// What its own numbers may be, whatever the model; `train::plan` knows what fits a model.
    pub(super) fn bounds(&self) -> Vec<Bound> {
        let size = |field, value| vec![Bound::whole(field, value, MOST)];
        match self {
            Self::Lora(lora) => vec![
                Bound::whole("LoRA rank", lora.rank, MOST),
                Bound::above_zero("LoRA alpha", lora.alpha),
                Bound::below_one("LoRA dropout", lora.dropout),
            ],
            Self::Adapter(settings) => size("bottleneck", settings.bottleneck),
            Self::Prompt { virtual_tokens } | Self::Prefix { virtual_tokens } => {
                size("number of virtual tokens", *virtual_tokens)
            }
            Self::Full | Self::Partial { .. } | Self::Head | Self::BitFit | Self::Ia3(_) => {
                Vec::new()
            }
        }
    }

    /// Learned vectors before every text; so many positions fewer are left to the text.
    pub fn virtual_tokens(&self) -> usize {
        match self {
            Self::Prompt { virtual_tokens } | Self::Prefix { virtual_tokens } => *virtual_tokens,
            _ => 0,
        }
    }

    /// Whether a parameter of the base model or its head moves. Adapters always do.
    ///
    /// `name` is the parameter's path as Hugging Face writes it (`transformer.h.0.ln_1.weight`).
    pub fn trains(&self, name: &str) -> bool {
        let is_head = is_head(name);
        match self {
            Self::Full => true,
            Self::Head
            | Self::Lora(_)
            | Self::Ia3(_)
            | Self::Adapter(_)
            | Self::Prompt { .. }
            | Self::Prefix { .. } => is_head,
            Self::BitFit => is_head || name.ends_with(".bias"),
            Self::Partial { frozen_blocks } => match place(name) {
                Place::Embeddings => false,
                Place::Block(block) => block >= *frozen_blocks,
                // What comes after the blocks moves when the last of them do.
                Place::LastNorm | Place::Pooler | Place::WordHead | Place::Head => true,
            },
        }
    }
}

/// No model is wider, or reads more.
const MOST: usize = 1_000_000;

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
    fn a_longer_suffix_picks_one_projection() {
        let lora = LoraSettings {
            target_modules: vec!["attn.c_proj".into()],
            ..Default::default()
        };
        assert!(lora.targets("transformer.h.3.attn.c_proj"));
        assert!(!lora.targets("transformer.h.3.mlp.c_proj"));
        assert!(!lora.targets("transformer.h.3.cross_attn.c_proj"));
    }

    #[test]
    fn partial_freezes_embeddings_and_first_blocks() {
        let partial = Strategy::Partial { frozen_blocks: 2 };
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

    #[test]
    fn head_only_trains_every_tasks_head() {
        for head in ["score.weight", "classifier.bias", "qa_outputs.weight"] {
            assert!(Strategy::Head.trains(head), "{head}");
        }
    }

    #[test]
    fn all_linear_is_every_linear_layer_once() {
        let names = ["c_attn", "all-linear"].map(String::from).to_vec();
        assert_eq!(expand_targets(names), ["c_attn", "c_fc", "c_proj"]);
        let spaced = ["c_attn", " c_proj ", "", " all-linear"].map(String::from);
        assert_eq!(
            expand_targets(spaced.to_vec()),
            ["c_attn", "c_proj", "c_fc"]
        );
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
    fn bitfit_moves_biases_and_the_head() {
        for moving in [
            "transformer.h.0.attn.c_attn.bias",
            "transformer.ln_f.bias",
            "score.weight",
        ] {
            assert!(Strategy::BitFit.trains(moving), "{moving}");
        }
        assert!(!Strategy::BitFit.trains("transformer.h.0.ln_1.weight"));
    }

    #[test]
    fn lora_leaves_the_base_alone_but_trains_the_head() {
        let lora = Strategy::Lora(LoraSettings::default());
        assert!(!lora.trains("transformer.h.0.attn.c_attn.weight"));
        assert!(lora.trains("score.weight"));
    }
}
