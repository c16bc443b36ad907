//! A form goes over to another family of models: its modules get that family's names, its data what suits it.

use super::Draft;
use crate::settings::Family;
use crate::ui::DATASET;
use crate::ui::sources::datasets::{self, DataSource};

impl Draft {
    /// Says every module in the family's words.
    pub fn adopt(&mut self, family: Family) {
        self.family = family;
        self.methods.translate(family);
    }

    /// Takes the data that the family usually learns from, unless somebody has chosen a set that suits it; says what is
    /// wrong with one that does not.
    pub fn adopt_data(&mut self) -> Option<String> {
        let chosen = self.dataset.clone();
        let suits = chosen.task_for(self.family).is_some();
        if suits && self.has_chosen_data {
            return None;
        }
        self.has_chosen_data = false;
        self.dataset = datasets::usual(self.family);
        let why = not_for(&chosen, self.family);
        (!suits).then(|| format!("data={}: {why}", chosen.name()))
    }

    /// Whether an address has to name the data: where another model, or another reader, would take another set. The
    /// learner's own is in no address.
    pub(super) fn says_its_data(&self) -> bool {
        let is_usual = self.dataset == datasets::usual(self.family);
        let is_shipped = self.dataset.own().is_none();
        is_shipped && (self.has_chosen_data || !is_usual || self.dataset.name() != DATASET)
    }
}

/// Why a model of this family cannot learn from a set.
pub(super) fn not_for(set: &DataSource, family: Family) -> String {
    let (task, name) = (set.task().name(), family.title());
    format!("is for {task}, which a {name} does not learn")
}
