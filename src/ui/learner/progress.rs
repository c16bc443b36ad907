//! Answers given and checks passed, lesson by lesson.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Merge;
use crate::lessons::Lesson;
use crate::ui::browser::clock;

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Progress {
    lessons: BTreeMap<String, LessonProgress>,
    /// The lesson opened last.
    pub last: Option<String>,
    #[serde(default)]
    last_at_millis: f64,
    /// Nothing from before then counts.
    #[serde(default)]
    forgotten_at_millis: f64,
}

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct LessonProgress {
    /// Which answer was chosen, by the check's or the guess's name.
    pub answers: BTreeMap<String, usize>,
    /// Checks that are passed.
    pub passed: Vec<String>,
    /// When, by name; what an older page noted has no time.
    #[serde(default)]
    answered_at_millis: BTreeMap<String, f64>,
    #[serde(default)]
    passed_at_millis: BTreeMap<String, f64>,
    /// The lesson was begun afresh then.
    #[serde(default)]
    forgotten_at_millis: f64,
}

impl LessonProgress {
    fn answered_at(&self, check: &str) -> f64 {
        self.answered_at_millis.get(check).copied().unwrap_or(0.0)
    }

    fn passed_at(&self, check: &str) -> f64 {
        self.passed_at_millis.get(check).copied().unwrap_or(0.0)
    }

    /// The time to note: after what was forgotten, even where the clock was put back.
    fn now(&self, millis: f64) -> f64 {
        match self.forgotten_at_millis {
            0.0 => millis,
            forgotten => millis.max(forgotten + 1.0),
        }
    }

    fn is_empty(&self) -> bool {
        self.answers.is_empty() && self.passed.is_empty()
    }

    fn forget_before(&mut self, millis: f64) {
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
    }
}

impl Merge for LessonProgress {
    fn merged(&self, other: &Self) -> Self {
        let mut both = self.clone();
        for (check, theirs) in &other.answers {
            let (at, mine_at) = (other.answered_at(check), self.answered_at(check));
            // Of two at one time, the same one in either tab.
            let is_newer = (at, Some(theirs)) > (mine_at, self.answers.get(check));
            if !self.answers.contains_key(check) || is_newer {
                both.answers.insert(check.clone(), *theirs);
                both.answered_at_millis.insert(check.clone(), at);
            }
        }
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
        both.forget_before(other.forgotten_at_millis);
        both
    }
}

impl Merge for Progress {
    fn merged(&self, other: &Self) -> Self {
        let mut both = self.clone();
        for (slug, theirs) in &other.lessons {
            let mine = self.lessons.get(slug).cloned().unwrap_or_default();
            both.lessons.insert(slug.clone(), mine.merged(theirs));
        }
        for (slug, mine) in &self.lessons {
            if !other.lessons.contains_key(slug) {
                both.lessons
                    .insert(slug.clone(), mine.merged(&LessonProgress::default()));
            }
        }
        if (other.last_at_millis, &other.last) > (self.last_at_millis, &self.last) {
            both.last = other.last.clone();
            both.last_at_millis = other.last_at_millis;
        }
        both.forget_all_at(other.forgotten_at_millis);
        both
    }
}

impl Progress {
    pub fn of(&self, lesson: &str) -> Option<&LessonProgress> {
        self.lessons.get(lesson)
    }

    pub fn answer(&self, lesson: &str, check: &str) -> Option<usize> {
        self.of(lesson)?.answers.get(check).copied()
    }

    pub fn set_answer(&mut self, lesson: &str, check: &str, index: usize) {
        self.answer_at(lesson, check, index, clock::now_millis());
    }

    pub(super) fn answer_at(&mut self, lesson: &str, check: &str, index: usize, millis: f64) {
        let since = self.forgotten_at_millis;
        let lesson = self.lessons.entry(lesson.to_string()).or_default();
        lesson.forget_before(since);
        let now = lesson.now(millis);
        lesson.answers.insert(check.to_string(), index);
        lesson.answered_at_millis.insert(check.to_string(), now);
    }

    pub fn has_passed(&self, lesson: &str, check: &str) -> bool {
        self.of(lesson)
            .is_some_and(|lesson| lesson.passed.iter().any(|other| other == check))
    }

    /// A passed check stays passed.
    pub fn pass(&mut self, lesson: &str, check: &str) {
        self.pass_at(lesson, check, clock::now_millis());
    }

    pub(super) fn pass_at(&mut self, lesson: &str, check: &str, millis: f64) {
        if !self.has_passed(lesson, check) {
            let since = self.forgotten_at_millis;
            let lesson = self.lessons.entry(lesson.to_string()).or_default();
            lesson.forget_before(since);
            lesson.passed.push(check.to_string());
            let now = lesson.now(millis);
            lesson.passed_at_millis.insert(check.to_string(), now);
        }
    }

    /// Notes that the lesson is open.
    pub fn open(&mut self, lesson: &str) {
        self.open_at(lesson, clock::now_millis());
    }

    pub(super) fn open_at(&mut self, lesson: &str, millis: f64) {
        self.last = Some(lesson.to_string());
        self.last_at_millis = millis;
    }

    /// Checks passed, and all there are.
    pub fn count(&self, lesson: &Lesson) -> (usize, usize) {
        let passed = lesson
            .checks()
            .filter(|check| self.has_passed(lesson.slug, check))
            .count();
        (passed, lesson.checks().count())
    }

    pub fn is_complete(&self, lesson: &Lesson) -> bool {
        let (passed, all) = self.count(lesson);
        passed == all
    }

    pub fn forget_lesson(&mut self, lesson: &str) {
        self.forget_lesson_at(lesson, clock::now_millis());
    }

    pub(super) fn forget_lesson_at(&mut self, lesson: &str, millis: f64) {
        let progress = self.lessons.entry(lesson.to_string()).or_default();
        progress.forget_before(millis);
        if self.last.as_deref() == Some(lesson) {
            (self.last, self.last_at_millis) = (None, millis);
        }
    }

    /// Forgets everything; another tab that still has it forgets it too.
    pub fn forget_all(&mut self) {
        self.forget_all_at(clock::now_millis());
    }

    pub(super) fn forget_all_at(&mut self, millis: f64) {
        self.forgotten_at_millis = self.forgotten_at_millis.max(millis);
        let since = self.forgotten_at_millis;
        for lesson in self.lessons.values_mut() {
            lesson.forget_before(since);
        }
        if since > 0.0 && self.last_at_millis <= since {
            self.last = None;
        }
    }

    pub fn is_empty(&self) -> bool {
        self.lessons.values().all(LessonProgress::is_empty)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lessons;

    #[test]
    fn a_lesson_is_complete_when_every_check_is_passed() {
        let lesson = lessons::find("lora").unwrap();
        let mut progress = Progress::default();
        assert_eq!(progress.count(lesson).0, 0);
        for check in lesson.checks() {
            assert!(!progress.is_complete(lesson));
            progress.pass(lesson.slug, check);
            progress.pass(lesson.slug, check);
        }
        assert!(progress.is_complete(lesson));
        progress.forget_lesson(lesson.slug);
        assert_eq!(progress.count(lesson).0, 0);
    }

    #[test]
    fn progress_goes_through_json() {
        let mut progress = Progress::default();
        progress.set_answer("lora", "chance", 2);
        progress.last = Some("lora".into());
        let text = serde_json::to_string(&progress).unwrap();
        assert_eq!(serde_json::from_str::<Progress>(&text).unwrap(), progress);
        assert_eq!(progress.answer("lora", "chance"), Some(2));
    }
}
