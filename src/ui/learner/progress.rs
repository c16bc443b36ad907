//! Answers given and checks passed, lesson by lesson.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::lessons::Lesson;

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Progress {
    lessons: BTreeMap<String, LessonProgress>,
    /// The lesson opened last.
    pub last: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct LessonProgress {
    /// Which answer was chosen, by the check's or the guess's name.
    pub answers: BTreeMap<String, usize>,
    /// Checks that are passed.
    pub passed: Vec<String>,
}

impl Progress {
    pub fn of(&self, lesson: &str) -> Option<&LessonProgress> {
        self.lessons.get(lesson)
    }

    pub fn answer(&self, lesson: &str, check: &str) -> Option<usize> {
        self.of(lesson)?.answers.get(check).copied()
    }

    pub fn set_answer(&mut self, lesson: &str, check: &str, index: usize) {
        let lesson = self.lessons.entry(lesson.to_string()).or_default();
        lesson.answers.insert(check.to_string(), index);
    }

    pub fn has_passed(&self, lesson: &str, check: &str) -> bool {
        self.of(lesson)
            .is_some_and(|lesson| lesson.passed.iter().any(|other| other == check))
    }

    /// A passed check stays passed.
    pub fn pass(&mut self, lesson: &str, check: &str) {
        if !self.has_passed(lesson, check) {
            let lesson = self.lessons.entry(lesson.to_string()).or_default();
            lesson.passed.push(check.to_string());
        }
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
        self.lessons.remove(lesson);
        self.last = self.last.take().filter(|last| last != lesson);
    }

    pub fn is_empty(&self) -> bool {
        self.lessons.is_empty()
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
