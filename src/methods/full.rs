//! Full fine-tuning: every parameter.

use super::export::{Export, Exported};
use super::method::{Adds, Facts, Group, Leaves, Method};
use crate::settings::Family;

#[derive(Debug, Clone, PartialEq, Default)]
pub struct Full;

pub const FACTS: Facts = Facts {
    group: Group::Full,
    adds: Adds::Nothing,
    families: &Family::ALL,
    leaves: Leaves::WholeModel,
};

impl Method for Full {
    fn trains(&self, _name: &str) -> bool {
        true
    }

    fn export(&self, _program: &Export) -> Exported {
        Exported::Plain("# Full: nothing is frozen.\n".into())
    }
}
