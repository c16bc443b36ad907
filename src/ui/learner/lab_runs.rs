//! The lab's runs, to be compared.

use serde::{Deserialize, Serialize};

use super::RunRecord;
use crate::ui::pages::routes::pairs;

/// A run and the name that the learner gives it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LabRun {
    /// Counted from 1.
    pub number: usize,
    pub name: String,
    pub record: RunRecord,
    /// What counting words reached on the same data.
    pub words_accuracy: Option<f64>,
}

/// Newest last.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct LabRuns {
    runs: Vec<LabRun>,
    last_number: usize,
}

impl LabRuns {
    /// `name` makes its name of its number.
    pub fn put(
        &mut self,
        record: RunRecord,
        words_accuracy: Option<f64>,
        name: fn(usize) -> String,
    ) {
        self.last_number += 1;
        self.runs.push(LabRun {
            number: self.last_number,
            name: name(self.last_number),
            record,
            words_accuracy,
        });
    }

    pub fn rename(&mut self, number: usize, name: &str) {
        let run = self.runs.iter_mut().find(|run| run.number == number);
        if let Some(run) = run.filter(|_| !name.trim().is_empty()) {
            run.name = name.trim().to_owned();
        }
    }

    pub fn delete(&mut self, number: usize) {
        self.runs.retain(|run| run.number != number);
    }

    /// Each run with what is set otherwise than in the one before it; all that is set in the first.
    pub fn compared(&self) -> Vec<(LabRun, String)> {
        let before = self.runs.iter().map(Some);
        let before = std::iter::once(None).chain(before);
        let both = self.runs.iter().zip(before);
        both.map(|(run, before)| (run.clone(), changed(run, before)))
            .collect()
    }
}

/// Settings as addresses name them; the data has a column of its own.
fn changed(run: &LabRun, before: Option<&LabRun>) -> String {
    let of = |run: &LabRun| pairs(&run.record.settings);
    let known = before.map(of).unwrap_or_default();
    let own = of(run).into_iter();
    let other = own.filter(|pair| pair.0 != "data" && !known.contains(pair));
    let words: Vec<String> = other.map(|(key, value)| format!("{key} {value}")).collect();
    words.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::learner::tests;

    fn record(settings: &str) -> RunRecord {
        RunRecord {
            settings: settings.into(),
            ..tests::record("", "", 0.7, 30.0)
        }
    }

    #[test]
    fn what_changed_is_told_against_the_run_before() {
        let mut runs = LabRuns::default();
        let name = |number: usize| format!("run {number}");
        runs.put(record("strategy=lora&rank=8&seed=7&data=a.csv"), None, name);
        runs.put(
            record("strategy=lora&rank=4&seed=7&data=b.csv"),
            Some(0.6),
            name,
        );
        runs.put(record("strategy=lora&rank=4&seed=7&data=b.csv"), None, name);
        let told: Vec<String> = runs.compared().into_iter().map(|(_, told)| told).collect();
        assert_eq!(told, ["strategy lora, rank 8, seed 7", "rank 4", ""]);
        runs.rename(2, " small ");
        runs.rename(3, "  ");
        runs.delete(1);
        let names: Vec<String> = runs
            .compared()
            .into_iter()
            .map(|(run, _)| run.name)
            .collect();
        assert_eq!(names, ["small", "run 3"]);
        runs.put(record("seed=1"), None, name);
        assert_eq!(runs.compared()[2].0.number, 4, "numbers are not used again");
    }
}
