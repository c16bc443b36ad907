//! A form goes over to another family of models: its modules get that family's names, its data what suits it.

use super::Draft;
use crate::settings::Family;
use crate::ui::sources::datasets::{self, DataSource};

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
        let problem = format!("data={}: {}", chosen.name(), not_for(chosen, self.family));
        self.dataset = datasets::usual();
        Some(problem)
    }
}

/// Why a model of this family cannot learn from a set.
pub(super) fn not_for(set: &DataSource, family: Family) -> String {
    let (task, name) = (set.task().name(), family.title());
    format!("is for {task}, which a {name} does not learn")
}
