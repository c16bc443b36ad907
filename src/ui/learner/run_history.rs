//! The runs that the learner has made.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Ground, Merge, RunRecord};
use crate::lessons;
use crate::ui::browser::clock;

/// Kept in the browser; older ones go first.
const MOST_RECORDS: usize = 60;

/// Of `Figures`, those that are measured on the test split.
const SEALED: [&str; 2] = ["accuracy", "loss_nats"];

/// Newest last.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct RunHistory {
    records: Vec<RunRecord>,
    /// Nothing from before then counts: of the lesson, and of all.
    #[serde(default)]
    forgotten_at_millis: BTreeMap<String, f64>,
    #[serde(default)]
    all_forgotten_at_millis: f64,
}

impl RunHistory {
    /// A run made again with the same settings takes the old one's place; a preset has one place for each model.
    pub fn put(&mut self, mut record: RunRecord) {
        let forgotten = self.forgotten_at(&record.lesson);
        if forgotten > 0.0 {
            // It is newer, even where the clock was put back.
            record.made_at_millis = record.made_at_millis.max(forgotten + 1.0);
        }
        self.records.retain(|old| !is_same_place(old, &record));
        self.records.push(record);
        self.keep_newest();
    }

    fn keep_newest(&mut self) {
        let excess = self.records.len().saturating_sub(MOST_RECORDS);
        self.records.drain(..excess);
    }

    pub fn records(&self) -> &[RunRecord] {
        &self.records
    }

    /// As a file to keep. What runs of the lab scored on the test split is left out: it is sealed there.
    pub fn to_json(&self) -> Option<String> {
        let mut all = serde_json::to_value(self).ok()?;
        for run in all.get_mut("records")?.as_array_mut()? {
            let is_of_lab = run["lesson"].as_str().is_some_and(str::is_empty);
            if let (true, Some(after)) = (is_of_lab, run["after"].as_object_mut()) {
                after.retain(|name, _| !SEALED.contains(&&name[..]));
            }
        }
        serde_json::to_string(&all).ok()
    }

    pub fn of_lesson(&self, lesson: &str) -> impl DoubleEndedIterator<Item = &RunRecord> {
        self.records.iter().filter(move |run| run.lesson == lesson)
    }

    /// The newest run of a preset, of those made with this model where there are any.
    pub fn find(&self, lesson: &str, key: &str, model: Option<&str>) -> Option<&RunRecord> {
        let runs = || self.of_lesson(lesson).rev().filter(|run| run.key == key);
        let of_model = |run: &&RunRecord| model.is_some_and(|model| run.ground().model == model);
        runs().find(of_model).or_else(|| runs().next())
    }

    /// The newest run of a preset on this ground, or, if the preset names its model, on the same data with that model.
    pub(super) fn find_on(&self, lesson: &str, key: &str, ground: &Ground) -> Option<&RunRecord> {
        let ground = ground_of(lesson, key, ground);
        let runs = self.of_lesson(lesson).rev();
        let mut runs = runs.filter(|run| run.key == key && run.ground() == ground);
        runs.next()
    }

    /// The ground on which all these presets have been run, the newest if there are several.
    pub fn common_ground(&self, lesson: &str, keys: &[&str]) -> Option<Ground> {
        let is_common = |ground: &Ground| {
            let mut keys = keys.iter();
            keys.all(|key| self.find_on(lesson, key, ground).is_some())
        };
        let mut grounds = self.of_lesson(lesson).rev().map(RunRecord::ground);
        grounds.find(is_common)
    }

    pub fn forget_lesson(&mut self, lesson: &str) {
        self.forget_lesson_at(lesson, clock::now_millis());
    }

    pub(super) fn forget_lesson_at(&mut self, lesson: &str, millis: f64) {
        let at = self.forgotten_at_millis.entry(lesson.to_string());
        at.and_modify(|at| *at = at.max(millis)).or_insert(millis);
        self.drop_forgotten();
    }

    /// Forgets everything; another tab that still has it forgets it too.
    pub fn forget_all(&mut self) {
        self.forget_all_at(clock::now_millis());
    }

    pub(super) fn forget_all_at(&mut self, millis: f64) {
        self.all_forgotten_at_millis = self.all_forgotten_at_millis.max(millis);
        self.drop_forgotten();
    }

    fn drop_forgotten(&mut self) {
        let mut records = std::mem::take(&mut self.records);
        records.retain(|run| {
            let forgotten = self.forgotten_at(&run.lesson);
            forgotten == 0.0 || run.made_at_millis > forgotten
        });
        self.records = records;
    }

    /// When runs of the lesson were forgotten last; 0 is never.
    fn forgotten_at(&self, lesson: &str) -> f64 {
        let of_lesson = self.forgotten_at_millis.get(lesson).copied();
        of_lesson.unwrap_or(0.0).max(self.all_forgotten_at_millis)
    }

    /// Runs without a time get one that keeps their order, before all that have one.
    fn dated(&self) -> Self {
        let mut dated = self.clone();
        for (place, run) in dated.records.iter_mut().enumerate() {
            if run.made_at_millis == 0.0 {
                run.made_at_millis = (place + 1) as f64;
            }
        }
        dated
    }
}

/// Where a preset's run has to have been made to be compared with runs on this ground.
pub(super) fn ground_of(lesson: &str, key: &str, ground: &Ground) -> Ground {
    let model = lessons::model_of(lesson, key);
    Ground {
        model: model.map_or_else(|| ground.model.clone(), str::to_string),
        dataset: ground.dataset.clone(),
    }
}

/// A preset has one place for each model and data set; a run of a lesson's own panel, or of the lab, one for each of its
/// settings as well.
fn is_same_place(one: &RunRecord, other: &RunRecord) -> bool {
    (&one.lesson, &one.key) == (&other.lesson, &other.key)
        && one.ground() == other.ground()
        && (!one.key.is_empty() || one.settings == other.settings)
}

impl Merge for RunHistory {
    fn merged(&self, other: &Self) -> Self {
        let (mine, theirs) = (self.dated(), other.dated());
        let mut both = Self {
            records: mine.records,
            ..mine
        };
        both.records.extend(theirs.records);
        both.records.sort_by(|a, b| {
            let figures = |run: &RunRecord| (run.made_at_millis, run.seconds, run.before.loss_nats);
            let (left, right) = (figures(a), figures(b));
            left.0
                .total_cmp(&right.0)
                .then_with(|| {
                    (&a.lesson, &a.key, &a.settings).cmp(&(&b.lesson, &b.key, &b.settings))
                })
                .then_with(|| left.1.total_cmp(&right.1))
                .then_with(|| left.2.total_cmp(&right.2))
        });
        let all = std::mem::take(&mut both.records);
        let is_newest = |(index, run): &(usize, &RunRecord)| {
            let later = &all[index + 1..];
            !later.iter().any(|other| is_same_place(run, other))
        };
        let newest = all.iter().enumerate().filter(is_newest);
        both.records = newest.map(|(_, run)| run.clone()).collect();
        for (lesson, at) in &theirs.forgotten_at_millis {
            let mine = both.forgotten_at_millis.entry(lesson.clone());
            mine.and_modify(|mine| *mine = mine.max(*at)).or_insert(*at);
        }
        both.forget_all_at(theirs.all_forgotten_at_millis);
        both.keep_newest();
        both
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::record::tests::record;
    use super::*;

    pub fn history() -> RunHistory {
        let mut history = RunHistory::default();
        history.put(record("forgetting", "careless", 0.70, 148.0));
        history.put(record("forgetting", "", 0.60, 50.0));
        history
    }

    #[test]
    fn the_file_keeps_the_labs_test_scores_sealed() {
        let mut history = history();
        history.put(record("", "", 0.8125, 52.0));
        let kept: serde_json::Value = serde_json::from_str(&history.to_json().unwrap()).unwrap();
        let runs = kept["records"].as_array().unwrap();
        assert_eq!(runs[0]["after"]["accuracy"], 0.70);
        assert_eq!(runs[2]["after"]["perplexity"], 52.0);
        assert!(runs[2]["after"]["accuracy"].is_null());
    }

    #[test]
    fn a_preset_has_one_place_and_attempts_one_each() {
        let mut history = history();
        history.put(record("forgetting", "careless", 0.66, 140.0));
        history.put(record("forgetting", "", 0.60, 51.0));
        history.put(record("forgetting", "", 0.61, 52.0));
        let keys: Vec<&str> = history
            .of_lesson("forgetting")
            .map(|run| run.key.as_str())
            .collect();
        assert_eq!(keys, ["careless", "", ""]);
    }

    pub fn with_model(model: &str, run: RunRecord) -> RunRecord {
        RunRecord {
            model: model.into(),
            ..run
        }
    }

    #[test]
    fn a_preset_is_shown_as_the_model_at_hand_made_it() {
        let mut history = history();
        history.put(with_model(
            "small",
            record("forgetting", "careless", 0.8, 90.0),
        ));
        let model = |hand| {
            history
                .find("forgetting", "careless", hand)
                .unwrap()
                .model
                .clone()
        };
        assert_eq!(model(Some("nano")), "nano");
        assert_eq!(model(Some("small")), "small");
        assert_eq!(model(None), "small");
        let common = history
            .common_ground("forgetting", &["careless", ""])
            .unwrap();
        assert_eq!(common.model, "nano");
    }
}
