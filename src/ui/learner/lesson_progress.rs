//! Answers given and checks passed in one lesson, with their times.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Merge;

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct LessonProgress {
    /// Which answer was chosen, by the check's or the guess's name.
    pub answers: BTreeMap<String, usize>,
    /// Which answer was chosen first.
    #[serde(default)]
    pub first: BTreeMap<String, usize>,
    #[serde(default)]
    pub(super) first_at_millis: BTreeMap<String, f64>,
    /// Guesses that stand: their results have been shown.
    #[serde(default)]
    pub locked: Vec<String>,
    /// Checks that are passed.
    pub passed: Vec<String>,
    /// When, by name; what an older page noted has no time.
    #[serde(default)]
    pub(super) answered_at_millis: BTreeMap<String, f64>,
    #[serde(default)]
    pub(super) passed_at_millis: BTreeMap<String, f64>,
    /// The lesson was begun afresh then.
    #[serde(default)]
    pub(super) forgotten_at_millis: f64,
}

impl LessonProgress {
    pub(super) fn answered_at(&self, check: &str) -> f64 {
        self.answered_at_millis.get(check).copied().unwrap_or(0.0)
    }

    pub(super) fn first_at(&self, check: &str) -> f64 {
        self.first_at_millis.get(check).copied().unwrap_or(0.0)
    }

    pub(super) fn passed_at(&self, check: &str) -> f64 {
        self.passed_at_millis.get(check).copied().unwrap_or(0.0)
    }

    /// The time to note: after what was forgotten, even where the clock was put back.
    pub(super) fn now(&self, millis: f64) -> f64 {
        match self.forgotten_at_millis {
            0.0 => millis,
            forgotten => millis.max(forgotten + 1.0),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.answers.is_empty() && self.passed.is_empty()
    }

    pub(super) fn forget_before(&mut self, millis: f64) {
        self.forgotten_at_millis = self.forgotten_at_millis.max(millis);
        let since = self.forgotten_at_millis;
        let (answered, passed) = (&mut self.answered_at_millis, &mut self.passed_at_millis);
        let is_new = |times: &BTreeMap<String, f64>, check: &String| {
            since == 0.0 || times.get(check).copied().unwrap_or(0.0) > since
        };
        self.answers.retain(|check, _| is_new(answered, check));
        self.passed.retain(|check| is_new(passed, check));
        answered.retain(|_, at| since == 0.0 || *at > since);
        passed.retain(|_, at| since == 0.0 || *at > since);
        if since > 0.0 {
            let answers = &self.answers;
            let times = &mut self.first_at_millis;
            times.retain(|_, at| *at > since);
            self.first.retain(|check, _| times.contains_key(check));
            self.locked.retain(|guess| answers.contains_key(guess));
        }
    }

    /// The other tab's answers, where they are newer or there are none here.
    fn take_answers(&mut self, other: &Self) {
        for (check, theirs) in &other.answers {
            let (at, mine_at) = (other.answered_at(check), self.answered_at(check));
            let mine = self.answers.get(check);
            // Of two at one time, the same one in either tab.
            let is_newer = (at, Some(theirs)) > (mine_at, mine);
            if mine.is_none() || is_newer {
                self.answers.insert(check.clone(), *theirs);
                self.answered_at_millis.insert(check.clone(), at);
            }
        }
    }

    /// The other tab's first answers, where they came before those here or there are none.
    fn take_first(&mut self, other: &Self) {
        // Of two at one time, the same one in either tab.
        let key = |of: &Self, check: &str, first: usize| (of.first_at(check), first);
        for (check, theirs) in &other.first {
            let mine = self.first.get(check);
            let is_earlier =
                mine.is_none_or(|mine| key(other, check, *theirs) < key(self, check, *mine));
            if is_earlier {
                self.first.insert(check.clone(), *theirs);
                self.first_at_millis
                    .insert(check.clone(), other.first_at(check));
            }
        }
    }
}

impl Merge for LessonProgress {
    fn merged(&self, other: &Self) -> Self {
        let mut both = self.clone();
        both.take_answers(other);
        for check in &other.passed {
            let at = other.passed_at(check).max(self.passed_at(check));
            both.passed_at_millis.insert(check.clone(), at);
            if !self.passed.contains(check) {
                both.passed.push(check.clone());
            }
        }
        for check in &both.passed {
            both.passed_at_millis.entry(check.clone()).or_insert(0.0);
        }
        for check in both.answers.keys() {
            both.answered_at_millis.entry(check.clone()).or_insert(0.0);
        }
        both.passed.sort();
        both.take_first(other);
        for guess in &other.locked {
            if !both.locked.contains(guess) {
                both.locked.push(guess.clone());
            }
        }
        both.locked.sort();
        both.forget_before(other.forgotten_at_millis);
        both
    }
}
