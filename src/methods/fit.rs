//! Whether a method fits a model.

use super::targets::{names_module, owned, unmatched_targets};
use super::{Adds, LinearShape, ModelShape, Strategy, StrategyKind};
use crate::faults::PlanError;
use crate::settings::Family;

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

    /// What the families are called that can be tuned so.
    pub fn families(self) -> Vec<String> {
        let families = self.facts().families.iter();
        families.map(|family| family.title().to_owned()).collect()
    }

    fn check_family(self, family: Family) -> Result<(), PlanError> {
        if self.is_for(family) {
            return Ok(());
        }
        let others = Self::ALL.into_iter().filter(|other| other.is_for(family));
        Err(PlanError::NotForFamily {
            strategy: self.name().to_owned(),
            only: self.families(),
            family: family.title().to_owned(),
            others: others.map(|other| other.name().to_owned()).collect(),
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
        modules: owned(model.family.linear_modules()),
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
