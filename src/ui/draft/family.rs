//! A form goes over to another family of models: its modules get that family's names, its data what suits it.

use super::Draft;
use crate::faults::SettingsError;
use crate::settings::{Family, StrategyKind};
use crate::ui::sources::datasets::{self, DataSource};
use crate::ui::text::{address as text, methods};

impl Draft {
    /// Says every module in the family's words.
    pub fn adopt(&mut self, family: Family) {
        self.family = family;
        self.methods.translate(family);
    }

    /// Takes the usual data in the place of a set that does not suit the family, and says why.
    pub fn adopt_data(&mut self) -> Option<String> {
        let chosen = &self.dataset;
        if chosen.task_for(self.family).is_some() {
            return None;
        }
        let problem = text::setting("data", chosen.name(), &not_for(chosen, self.family));
        self.dataset = datasets::usual();
        Some(problem)
    }
}

/// Why a model of this family cannot learn from a set.
pub(super) fn not_for(set: &DataSource, family: Family) -> SettingsError {
    SettingsError::DataOfOtherFamily {
        task: set.task().name().to_owned(),
        family: family.title().to_owned(),
    }
}

/// Why a model of this family cannot be tuned so, where it cannot.
pub fn refusal(kind: StrategyKind, family: Family) -> Option<SettingsError> {
    (!kind.is_for(family)).then(|| SettingsError::MethodOfOtherFamily {
        method: methods::words(kind).name.to_owned(),
        only: kind.families(),
        family: family.title().to_owned(),
    })
}
