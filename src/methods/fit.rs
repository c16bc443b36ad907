//! Whether a method fits a model.

use super::targets::{names_module, unmatched_targets};
use super::{Adds, LinearShape, ModelShape, Strategy, StrategyKind};
use crate::settings::Family;

/// A strategy that does not fit the model.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    #[error(
        "target modules {targets:?} match nothing in this model; it has {modules} in each block"
    )]
    NothingMatched {
        targets: Vec<String>,
        modules: String,
    },
    #[error(
        "rank {rank} is larger than the smaller side ({side}) of `{module}`; choose at most {side}"
    )]
    RankTooLarge {
        rank: usize,
        module: String,
        side: usize,
    },
    #[error(
        "target modules {targets:?} name lm_head, which is the token embedding itself here; an adapter cannot stand beside it, so leave it out"
    )]
    TiedHead { targets: Vec<String> },
    #[error(
        "a bottleneck of {bottleneck} is no bottleneck in a model {width} wide; choose at most {width}"
    )]
    BottleneckTooWide { bottleneck: usize, width: usize },
    #[error(
        "{virtual_tokens} virtual tokens leave no room for a text: the model has {positions} positions"
    )]
    NoRoom {
        virtual_tokens: usize,
        positions: usize,
    },
    #[error("{frozen} frozen blocks, but the model has {blocks}")]
    TooManyFrozenBlocks { frozen: usize, blocks: usize },
    #[error(
        "a head-only run needs a head of its own, as classification and question answering have; the language-model head is the token embedding itself"
    )]
    NoHead,
    #[error("the strategy {strategy} is for {only} only; a {family} takes {others}")]
    NotForFamily {
        strategy: &'static str,
        only: String,
        family: &'static str,
        others: String,
    },
}

impl Strategy {
    /// What does not fit the model.
    pub fn check(&self, model: &ModelShape) -> Result<(), PlanError> {
        self.kind().check_family(model.family)?;
        let method = self.method();
        if self.kind().facts().adds == Adds::BesideLayers {
            check_targets(model, method.targets())?;
        }
        let (virtual_tokens, positions) = (method.virtual_tokens(), model.positions);
        if virtual_tokens >= positions {
            return Err(PlanError::NoRoom {
                virtual_tokens,
                positions,
            });
        }
        method.check(model)
    }
}

impl StrategyKind {
    /// Whether models of this family can be tuned so.
    pub fn is_for(self, family: Family) -> bool {
        self.facts().families.contains(&family)
    }

    fn check_family(self, family: Family) -> Result<(), PlanError> {
        if self.is_for(family) {
            return Ok(());
        }
        let others = Self::ALL.into_iter().filter(|other| other.is_for(family));
        let others: Vec<&str> = others.map(Self::name).collect();
        let only: Vec<&str> = self.facts().families.iter().map(|f| f.title()).collect();
        Err(PlanError::NotForFamily {
            strategy: self.name(),
            only: only.join(" and "),
            family: family.title(),
            others: others.join(", "),
        })
    }
}

fn check_targets(model: &ModelShape, targets: &[String]) -> Result<(), PlanError> {
    if names_module(targets, "lm_head") {
        let targets = targets.to_vec();
        return Err(PlanError::TiedHead { targets });
    }
    let paths: Vec<&str> = model.linear.iter().map(|layer| &layer.path[..]).collect();
    let unmatched = unmatched_targets(targets, &paths);
    if !targets.is_empty() && unmatched.is_empty() {
        return Ok(());
    }
    Err(PlanError::NothingMatched {
        targets: unmatched,
        modules: model.family.listed_modules(),
    })
}

/// Refuses a rank that is no low rank beside one of the targets.
pub fn check_rank(model: &ModelShape, targets: &[String], rank: usize) -> Result<(), PlanError> {
    let mut layers = model.linear.iter();
    let is_too_small =
        |layer: &&LinearShape| names_module(targets, &layer.path) && rank > layer.smaller_side();
    match layers.find(is_too_small) {
        Some(layer) => Err(PlanError::RankTooLarge {
            rank,
            module: layer.path.clone(),
            side: layer.smaller_side(),
        }),
        None => Ok(()),
    }
}
