//! In which form a run's weights leave the page.

use crate::settings::Strategy;

/// How a run's weights are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// An adapter in PEFT's folder.
    Peft,
    /// An adapter that PEFT has no format for.
    Own,
    /// The whole model.
    Whole,
}

impl Form {
    pub fn of(strategy: &Strategy, is_merged: bool) -> Self {
        match strategy {
            merged if is_merged && merged.can_be_merged() => Self::Whole,
            other if !other.leaves_adapter() => Self::Whole,
            Strategy::BitFit | Strategy::Adapter(_) => Self::Own,
            _ => Self::Peft,
        }
    }
}
