//! BitFit (Ben Zaken et al. 2021): every bias, those of the layer norms included, and the head.

use super::export::{self, Export, Exported};
use super::method::{Adds, Facts, Group, Leaves, Method};
use crate::settings::{Family, is_head};

#[derive(Debug, Clone, PartialEq, Default)]
pub struct BitFit;

pub const FACTS: Facts = Facts {
    group: Group::Partial,
    adds: Adds::Nothing,
    families: &Family::ALL,
    leaves: Leaves::MergeableAdapter,
};

impl Method for BitFit {
    fn trains(&self, name: &str) -> bool {
        is_head(name) || name.ends_with(".bias")
    }

    fn export(&self, program: &Export) -> Exported {
        let biases = "name.endswith(\".bias\")";
        export::trains(&match program.is_head() {
            Some(head) => format!("{biases} or {head}"),
            None => biases.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn biases_and_the_head_train() {
        for moving in [
            "transformer.h.0.attn.c_attn.bias",
            "transformer.ln_f.bias",
            "score.weight",
        ] {
            assert!(BitFit.trains(moving), "{moving}");
        }
        assert!(!BitFit.trains("transformer.h.0.ln_1.weight"));
    }
}
