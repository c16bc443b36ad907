//! Only the new head on top (a linear probe).

use super::export::{self, Export, Exported};
use super::method::{Adds, Facts, Group, Leaves, Method};
use super::shape::ModelShape;
use crate::faults::PlanError;
use crate::settings::Family;

#[derive(Debug, Clone, PartialEq, Default)]
pub struct Head;

pub const FACTS: Facts = Facts {
    group: Group::Partial,
    adds: Adds::Nothing,
    families: &Family::ALL,
    leaves: Leaves::WholeModel,
};

impl Method for Head {
    fn check(&self, model: &ModelShape) -> Result<(), PlanError> {
        match model.has_head {
            true => Ok(()),
            false => Err(PlanError::NoHead),
        }
    }

    fn export(&self, program: &Export) -> Exported {
        export::trains(&program.is_head().unwrap_or_else(|| "False".into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tasks_head_trains() {
        for head in ["score.weight", "classifier.bias", "qa_outputs.weight"] {
            assert!(Head.trains(head), "{head}");
        }
    }
}
