//! Answers given and checks passed, lesson by lesson.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Merge;
use super::lesson_progress::LessonProgress;
use crate::lessons::Outline;
use crate::settings::Seed;
use crate::ui::browser::clock;

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ChapterProgress {
    lessons: BTreeMap<String, LessonProgress>,
    /// The lesson opened last.
    pub last: Option<String>,
    #[serde(default)]
    last_at_millis: f64,
    /// Nothing from before then counts.
    #[serde(default)]
    forgotten_at_millis: f64,
    /// Decides the order in which answers stand; 0 until the page has drawn one for this learner.
    #[serde(default)]
    order_seed: u32,
}

impl Merge for ChapterProgress {
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
        // Two tabs that have each drawn an order settle on one.
        both.order_seed = match (self.order_seed, other.order_seed) {
            (0, seed) | (seed, 0) => seed,
            (mine, theirs) => mine.min(theirs),
        };
        both.forget_all_at(other.forgotten_at_millis);
        both
    }
}

impl ChapterProgress {
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
        // Answers kept before the first ones were: the oldest known counts.
        if !lesson.first.contains_key(check) {
            let first = lesson.answers.get(check).copied().unwrap_or(index);
            lesson.first.insert(check.to_string(), first);
            lesson.first_at_millis.insert(check.to_string(), now);
        }
        lesson.answers.insert(check.to_string(), index);
        lesson.answered_at_millis.insert(check.to_string(), now);
    }

    pub fn first_answer(&self, lesson: &str, check: &str) -> Option<usize> {
        self.of(lesson)?.first.get(check).copied()
    }

    /// Questions answered, and those of them that were right at the first attempt: `(right, answered)`.
    pub fn first_attempts(&self, lesson: &Outline) -> (usize, usize) {
        let firsts: Vec<bool> = lesson
            .right_answers
            .iter()
            .filter_map(|(check, right, answers)| {
                let first = self.first_answer(lesson.slug, check)?;
                // One that the question no longer has says nothing.
                (first < *answers).then_some(first == *right)
            })
            .collect();
        let right = firsts.iter().filter(|right| **right).count();
        (right, firsts.len())
    }

    /// A guess that is locked stays as it is.
    pub fn lock(&mut self, lesson: &str, guess: &str) {
        if !self.is_locked(lesson, guess) {
            let lesson = self.lessons.entry(lesson.to_string()).or_default();
            lesson.locked.push(guess.to_string());
        }
    }

    pub fn is_locked(&self, lesson: &str, guess: &str) -> bool {
        self.of(lesson)
            .is_some_and(|lesson| lesson.locked.iter().any(|other| other == guess))
    }

    /// With a seed for the order of answers, where the learner has none yet.
    pub fn with_order(mut self, seed: u32) -> Self {
        if self.order_seed == 0 {
            self.order_seed = seed;
        }
        self
    }

    /// The order in which the answers of a check stand: the same whenever this learner comes back, another for each check.
    pub fn order(&self, lesson: &str, check: &str, answers: usize) -> Vec<usize> {
        let mut random = Seed::new(u64::from(self.order_seed)).fork(&format!("{lesson}/{check}"));
        let mut order: Vec<usize> = (0..answers).collect();
        for last in (1..answers).rev() {
            let other = (random.uniform() * (last + 1) as f64) as usize;
            order.swap(last, other.min(last));
        }
        order
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
    pub fn count(&self, lesson: &Outline) -> (usize, usize) {
        let checks = lesson.checks.iter();
        let passed = checks.filter(|check| self.has_passed(lesson.slug, check));
        (passed.count(), lesson.checks.len())
    }

    pub fn is_complete(&self, lesson: &Outline) -> bool {
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
        let mut progress = ChapterProgress::default();
        assert_eq!(progress.count(lesson).0, 0);
        for check in lesson.checks {
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
        let mut progress = ChapterProgress::default();
        progress.set_answer("lora", "chance", 2);
        progress.last = Some("lora".into());
        let text = serde_json::to_string(&progress).unwrap();
        assert_eq!(
            serde_json::from_str::<ChapterProgress>(&text).unwrap(),
            progress
        );
        assert_eq!(progress.answer("lora", "chance"), Some(2));
    }

    #[test]
    fn the_first_attempt_is_kept() {
        let lesson = lessons::whole("lora").unwrap();
        let check = lesson.choices().next().unwrap();
        let right = check.answers.iter().position(|a| a.right).unwrap();
        let wrong = usize::from(right == 0);
        let mut progress = ChapterProgress::default();
        assert_eq!(progress.first_attempts(lesson), (0, 0));
        progress.set_answer("lora", check.id, wrong);
        progress.set_answer("lora", check.id, right);
        assert_eq!(progress.first_answer("lora", check.id), Some(wrong));
        assert_eq!(progress.answer("lora", check.id), Some(right));
        assert_eq!(progress.first_attempts(lesson), (0, 1));
    }

    #[test]
    fn an_answer_that_a_question_no_longer_has_counts_for_nothing() {
        let lesson = lessons::whole("lora").unwrap();
        let check = lesson.choices().next().unwrap();
        let mut progress = ChapterProgress::default();
        progress.set_answer("lora", check.id, check.answers.len());
        assert_eq!(progress.first_attempts(lesson), (0, 0));
    }

    #[test]
    fn what_was_kept_before_there_were_first_attempts_is_read() {
        let old = r#"{"lessons":{"lora":{"answers":{"chance":3},"passed":[]}},"last":null}"#;
        let mut progress: ChapterProgress = serde_json::from_str(old).unwrap();
        progress.set_answer("lora", "chance", 0);
        assert_eq!(progress.first_answer("lora", "chance"), Some(3));
        assert!(!progress.is_locked("lora", "chance"));
    }

    #[test]
    fn an_order_is_the_learners_own_and_each_check_has_another() {
        let progress = ChapterProgress::default().with_order(7);
        let order = progress.order("lora", "chance", 4);
        assert_eq!(order, progress.order("lora", "chance", 4));
        assert_eq!(progress.clone().with_order(8), progress);
        let mut sorted = order.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, [0, 1, 2, 3]);
        let others = ["merged", "low-rank", "what-moves"];
        assert!(
            others
                .iter()
                .any(|check| progress.order("lora", check, 4) != order)
        );
    }

    /// Over all learners and checks, the right answer stands in no place more often than chance has it.
    #[test]
    fn the_right_answer_has_no_place_of_its_own() {
        let mut places = [0_usize; 4];
        let learners = 1..=100;
        for seed in learners {
            let progress = ChapterProgress::default().with_order(seed);
            for lesson in lessons::texts::ALL {
                for check in lesson.choices().filter(|check| check.answers.len() == 4) {
                    let order = progress.order(lesson.slug, check.id, 4);
                    let place = order.iter().position(|i| check.answers[*i].right);
                    places[place.unwrap()] += 1;
                }
            }
        }
        let all: usize = places.iter().sum();
        for place in places {
            assert!(
                (place as f64 / all as f64 - 0.25).abs() < 0.03,
                "{places:?}"
            );
        }
    }
}
