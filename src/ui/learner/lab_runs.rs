//! The lab's runs, to be compared: single ones and groups of them, and how often their test split has been opened.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{RunRecord, SplitScore};
use crate::protocol::{RequestId, Split};
use crate::ui::pages::routes::pairs;

/// A run, what it scored, and what the learner makes of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LabRun {
    /// Counted from 1.
    pub number: usize,
    pub name: String,
    pub record: RunRecord,
    /// What counting words reached on the same data.
    pub words: Option<WordsReached>,
    /// None where the run diverged, or where there are no validation rows.
    pub validation: Option<SplitScore>,
    pub test: Option<SplitScore>,
    /// The learner has looked at its score on the test split.
    pub is_opened: bool,
    /// Of the series that it was made in.
    pub group: Option<usize>,
    pub is_pinned: bool,
    /// Drawn in the charts.
    pub is_ticked: bool,
    pub note: String,
}

/// The accuracy of counting words.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct WordsReached {
    pub validation: f64,
    pub test: f64,
}

impl LabRun {
    pub fn score(&self, split: Split) -> Option<&SplitScore> {
        match split {
            Split::Validation => self.validation.as_ref(),
            Split::Test => self.test.as_ref(),
            Split::Train => None,
        }
    }
}

/// Runs that were asked for together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Group {
    pub number: usize,
    pub name: String,
    /// Its runs are shown and drawn one by one.
    pub is_open: bool,
}

/// Newest last.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct LabRuns {
    runs: Vec<LabRun>,
    groups: Vec<Group>,
    last_number: usize,
    last_group: usize,
    /// How often the test split of each data set has been opened.
    openings: BTreeMap<String, usize>,
    /// The run that the engine made last, by its ask: after a reload there is none.
    #[serde(skip)]
    last: Option<(RequestId, usize)>,
}

/// What is known of a run that has just ended.
pub struct Ended {
    pub request_id: RequestId,
    pub record: RunRecord,
    pub words: Option<WordsReached>,
    pub validation: Option<SplitScore>,
    pub test: Option<SplitScore>,
    pub group: Option<usize>,
}

impl LabRuns {
    /// `name` makes its name of its number.
    pub fn put(&mut self, ended: Ended, name: fn(usize) -> String) {
        self.last_number += 1;
        self.last = Some((ended.request_id, self.last_number));
        self.runs.push(LabRun {
            number: self.last_number,
            name: name(self.last_number),
            record: ended.record,
            words: ended.words,
            validation: ended.validation,
            test: ended.test,
            is_opened: false,
            group: ended.group,
            is_pinned: false,
            is_ticked: true,
            note: String::new(),
        });
    }

    /// A place for runs that are asked for together.
    pub fn new_group(&mut self, name: String, is_open: bool) -> usize {
        self.last_group += 1;
        self.groups.push(Group {
            number: self.last_group,
            name,
            is_open,
        });
        self.last_group
    }

    pub fn runs(&self) -> &[LabRun] {
        &self.runs
    }

    pub fn group(&self, number: usize) -> Option<&Group> {
        self.groups.iter().find(|group| group.number == number)
    }

    pub fn find(&self, number: usize) -> Option<&LabRun> {
        self.runs.iter().find(|run| run.number == number)
    }

    /// Changes one run.
    pub fn change(&mut self, number: usize, change: impl FnOnce(&mut LabRun)) {
        if let Some(run) = self.runs.iter_mut().find(|run| run.number == number) {
            change(run);
        }
    }

    pub fn change_group(&mut self, number: usize, change: impl FnOnce(&mut Group)) {
        if let Some(group) = self.groups.iter_mut().find(|group| group.number == number) {
            change(group);
        }
    }

    pub fn rename(&mut self, number: usize, name: &str) {
        if !name.trim().is_empty() {
            self.change(number, |run| run.name = name.trim().to_owned());
        }
    }

    pub fn delete(&mut self, number: usize) {
        self.runs.retain(|run| run.number != number);
    }

    /// Looks at the test scores of these runs. Each data set among those that were not open before has been opened once
    /// more.
    pub fn open_test(&mut self, numbers: &[usize]) {
        let is_new = |run: &&mut LabRun| numbers.contains(&run.number) && !run.is_opened;
        let mut opened: Vec<String> = Vec::new();
        for run in self.runs.iter_mut().filter(is_new) {
            run.is_opened = true;
            opened.push(run.record.ground().dataset);
        }
        opened.sort();
        opened.dedup();
        for dataset in opened {
            *self.openings.entry(dataset).or_default() += 1;
        }
    }

    /// How often the test split of each data set has been opened.
    pub fn openings(&self) -> impl Iterator<Item = (&str, usize)> {
        self.openings
            .iter()
            .map(|(name, count)| (&name[..], *count))
    }

    /// What the button opens: the ticked runs that are sealed, or else the last one.
    pub fn to_open(&self) -> Vec<usize> {
        let is_sealed = |run: &&LabRun| run.test.is_some() && !run.is_opened;
        let mut sealed = self.runs.iter().filter(is_sealed);
        let ticked: Vec<usize> = sealed
            .clone()
            .filter(|run| run.is_ticked)
            .map(|run| run.number)
            .collect();
        match ticked.is_empty() {
            true => sealed
                .next_back()
                .map(|run| run.number)
                .into_iter()
                .collect(),
            false => ticked,
        }
    }

    /// Whether the run that was made for this ask has had its test split opened.
    pub fn is_open(&self, request_id: RequestId) -> bool {
        let of_ask = self.last.filter(|(id, _)| *id == request_id);
        let run = of_ask.and_then(|(_, number)| self.find(number));
        run.is_some_and(|run| run.is_opened)
    }
}

/// What is set otherwise in some of these runs than in others, as addresses name it; all that is set, where there is
/// one run. The data has a column of its own.
pub fn varied(runs: &[&LabRun]) -> Vec<String> {
    let all: Vec<_> = runs.iter().map(|run| pairs(&run.record.settings)).collect();
    let mut keys: Vec<String> = Vec::new();
    for (key, _) in all.iter().flatten() {
        if key != "data" && !keys.contains(key) {
            keys.push(key.clone());
        }
    }
    let value = |of: &[(String, String)], key: &str| {
        let found = of.iter().find(|(name, _)| name == key);
        found.map(|(_, value)| value.clone())
    };
    keys.retain(|key| {
        let first = all.first().and_then(|of| value(of, key));
        all.len() == 1 || all.iter().any(|of| value(of, key) != first)
    });
    keys
}

/// Those settings of the run, `rank 8, seed 7`.
pub fn told(run: &LabRun, keys: &[String]) -> String {
    let own = pairs(&run.record.settings).into_iter();
    let chosen = own.filter(|(key, _)| keys.contains(key));
    let words: Vec<String> = chosen
        .map(|(key, value)| format!("{key} {value}"))
        .collect();
    words.join(", ")
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::ui::learner::split_score::tests::score;
    use crate::ui::learner::tests;

    pub fn name(number: usize) -> String {
        format!("run {number}")
    }

    /// A run of the data and settings of an address, with this accuracy on validation.
    pub fn ended(settings: &str, validation: f64) -> Ended {
        Ended {
            request_id: RequestId(7),
            record: RunRecord {
                settings: settings.into(),
                ..tests::record("", "", 0.7, 30.0)
            },
            words: None,
            validation: Some(score("accuracy", 0.5, validation)),
            test: Some(score("accuracy", 0.5, 0.7)),
            group: None,
        }
    }

    #[test]
    fn what_differs_among_runs_is_told_and_all_of_a_single_one() {
        let mut runs = LabRuns::default();
        for settings in [
            "strategy=lora&rank=8&seed=7&data=a.csv",
            "strategy=lora&rank=4&seed=7&data=b.csv",
            "strategy=lora&rank=4&seed=7&epochs=2&data=b.csv",
        ] {
            runs.put(ended(settings, 0.7), name);
        }
        let all: Vec<&LabRun> = runs.runs().iter().collect();
        let keys = varied(&all);
        assert_eq!(keys, ["rank", "epochs"]);
        assert_eq!(told(all[0], &keys), "rank 8");
        assert_eq!(told(all[2], &keys), "rank 4, epochs 2");
        let alone = varied(&all[..1]);
        assert_eq!(told(all[0], &alone), "strategy lora, rank 8, seed 7");
    }

    #[test]
    fn numbers_are_not_used_again_and_empty_names_change_nothing() {
        let mut runs = LabRuns::default();
        for _ in 0..3 {
            runs.put(ended("seed=1", 0.7), name);
        }
        runs.rename(2, " small ");
        runs.rename(3, "  ");
        runs.delete(1);
        let names: Vec<&str> = runs.runs().iter().map(|run| &run.name[..]).collect();
        assert_eq!(names, ["small", "run 3"]);
        runs.put(ended("seed=1", 0.7), name);
        assert_eq!(runs.runs()[2].number, 4);
    }

    #[test]
    fn the_test_split_is_opened_for_ticked_runs_or_the_last_and_each_opening_counts_once() {
        let mut runs = LabRuns::default();
        for settings in ["data=a", "data=a", "data=b"] {
            runs.put(ended(settings, 0.7), name);
        }
        assert!(!runs.is_open(RequestId(7)));
        runs.change(3, |run| run.is_ticked = false);
        assert_eq!(runs.to_open(), [1, 2]);
        runs.open_test(&[1, 2]);
        // What is open already opens nothing.
        runs.open_test(&[1, 2]);
        assert_eq!(runs.openings().collect::<Vec<_>>(), [("a", 1)]);
        assert_eq!(runs.to_open(), [3]);
        runs.open_test(&[3]);
        assert!(runs.is_open(RequestId(7)) && !runs.is_open(RequestId(8)));
        assert_eq!(runs.openings().collect::<Vec<_>>(), [("a", 1), ("b", 1)]);
        assert!(runs.to_open().is_empty());
    }

    #[test]
    fn runs_go_through_json_and_the_last_ask_does_not() {
        let mut runs = LabRuns::default();
        let group = runs.new_group("rank".into(), true);
        let one = Ended {
            group: Some(group),
            ..ended("rank=8", 0.7)
        };
        runs.put(one, name);
        runs.open_test(&[1]);
        let text = serde_json::to_string(&runs).unwrap();
        let read: LabRuns = serde_json::from_str(&text).unwrap();
        assert_eq!(read.runs(), runs.runs());
        assert_eq!(read.group(group), runs.group(group));
        assert!(runs.is_open(RequestId(7)) && !read.is_open(RequestId(7)));
    }
}
