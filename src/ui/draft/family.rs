//! A form goes over to another family of models: its modules get that family's names, its data what suits it.

use super::Draft;
use crate::settings::{Family, Ia3Settings, LoraSettings, Strategy};
use crate::ui::DATASET;
use crate::ui::sources::datasets::{self, DataSource};
use crate::ui::text::own_model::family_name;

impl Draft {
    /// Says every module in the family's words.
    pub fn adopt(&mut self, family: Family) {
        self.family = family;
        self.lora = in_words_of(family, self.lora.clone());
        self.ia3 = ia3_in_words_of(family, self.ia3.clone());
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
    let (task, name) = (set.task().name(), family_name(family));
    format!("is for {task}, which a {name} does not learn")
}

fn in_words_of(family: Family, lora: LoraSettings) -> LoraSettings {
    match family.translate(Strategy::Lora(lora.clone())) {
        Strategy::Lora(own) => own,
        _ => lora,
    }
}

fn ia3_in_words_of(family: Family, ia3: Ia3Settings) -> Ia3Settings {
    match family.translate(Strategy::Ia3(ia3.clone())) {
        Strategy::Ia3(own) => own,
        _ => ia3,
    }
}
