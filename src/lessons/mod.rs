//! The chapter: lessons written in Markdown, compiled by `src/build.rs` into static blocks.
//!
//! A language is a folder. Prose lives in its `.md` files and nowhere else; fences in them name widgets (by the file name
//! in a folder of `src/ui/widgets`), runs and checks. `glossary.md` holds the words that `[text](term:key)` opens. What a
//! text says of runs or of the model is read by the build and stands here as constants, so that the page parses nothing.

#[cfg(test)]
#[path = "../build/checks.rs"]
mod checks;
#[cfg(test)]
#[path = "../build/conditions.rs"]
mod conditions;
#[cfg(test)]
mod first_use;
#[cfg(test)]
#[path = "../build/html.rs"]
mod html;
#[cfg(test)]
#[path = "../build/items.rs"]
mod items;
#[cfg(test)]
#[path = "../build/lesson.rs"]
mod lesson;
pub mod measure;
#[cfg(test)]
mod pace;
#[cfg(test)]
#[path = "../build/runs.rs"]
mod runs;
pub mod sum;
#[cfg(test)]
#[path = "../build/sums.rs"]
mod sums;
#[cfg(test)]
#[path = "../build/text.rs"]
mod text;

use std::ops::Deref;

use measure::{Bound, Condition, Expression, Operation, Quantity, What};
use sum::{Factor, Form, Sum};

include!(concat!(env!("OUT_DIR"), "/lessons.rs"));

/// HTML with numbers in it that the page fills in.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Text(pub &'static [Span]);

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Span {
    Html(&'static str),
    /// A number of the loaded model.
    OfModel(Sum<'static>),
    /// What runs measured.
    Measured(Expression<'static>),
}

impl Text {
    pub fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    /// Whether it reads another way when another model is loaded.
    pub fn is_of_model(self) -> bool {
        self.0.iter().any(|span| matches!(span, Span::OfModel(_)))
    }

    /// What stands in it whatever is loaded and measured.
    #[cfg(test)]
    fn html(self) -> String {
        let html = self.0.iter().map(|span| match span {
            Span::Html(html) => html,
            _ => "",
        });
        html.collect()
    }
}

/// What is known of a lesson before its text has arrived: what the chapter's map shows, and what a learner's answers and
/// runs are held against.
#[derive(Debug)]
pub struct Outline {
    pub slug: &'static str,
    /// Its place in the chapter, from 1.
    pub number: u32,
    pub title: &'static str,
    pub minutes: u32,
    pub objectives: &'static [&'static str],
    /// The lab's query string, for the settings that the lesson starts with; empty for the defaults.
    pub settings: &'static str,
    /// The shipped model that it is about, where the learner has chosen none.
    pub model: Option<&'static str>,
    /// The names of its checks, in order.
    pub checks: &'static [&'static str],
    /// Its questions with fixed answers, guesses apart: which answer is right, and how many there are.
    pub right_answers: &'static [(&'static str, usize, usize)],
    /// The keys of the runs that are made with a model of their own, and the model.
    pub run_models: &'static [(&'static str, &'static str)],
}

/// One lesson. Outside this room it comes by [`texts`], so that nobody downloads a lesson that they do not open.
#[derive(Debug)]
pub struct Lesson {
    pub outline: &'static Outline,
    pub blocks: &'static [Block],
}

impl Deref for Lesson {
    type Target = Outline;

    fn deref(&self) -> &Outline {
        self.outline
    }
}

/// A stretch of a lesson.
#[derive(Debug)]
pub enum Block {
    Prose(Text),
    Widget {
        widget: Widget,
        task: Text,
    },
    Choice(Choice),
    Measured(Measured),
    /// A choice made before the runs, which answer it.
    Guess(Choice),
    Runs(RunSet),
}

/// Runs to make and compare.
#[derive(Debug)]
pub struct RunSet {
    pub id: &'static str,
    pub task: Text,
    /// Its runs are made with different models and compared all the same.
    pub are_across_models: bool,
    pub presets: &'static [Preset],
}

impl RunSet {
    /// The one model that all its runs are made with, where the lesson names it.
    pub fn model(&self) -> Option<&'static str> {
        let first = self.presets.first().filter(|_| !self.are_across_models);
        first?.model
    }
}

/// A run with settings of its own.
#[derive(Debug)]
pub struct Preset {
    pub key: &'static str,
    pub label: &'static str,
    /// The shipped model that it is made with; without one, the model at hand.
    pub model: Option<&'static str>,
    /// What differs from the lesson's settings, as an address has it.
    pub settings: &'static str,
}

/// A question with fixed answers, each explained.
#[derive(Debug)]
pub struct Choice {
    pub id: &'static str,
    pub question: Text,
    pub answers: &'static [Answer],
}

impl Choice {
    /// The keys of the runs that its answers tell of.
    pub fn runs(&self) -> impl Iterator<Item = &'static str> {
        let answers = self.answers.iter();
        answers.flat_map(|answer| answer.why.0).flat_map(|span| {
            let measured = match span {
                Span::Measured(expression) => Some(expression),
                _ => None,
            };
            measured
                .into_iter()
                .flat_map(|expression| expression.runs())
        })
    }
}

#[derive(Debug)]
pub struct Answer {
    pub text: Text,
    pub right: bool,
    pub why: Text,
}

/// A question that the learner's own run answers. What stands in braces in the texts is measured.
#[derive(Debug)]
pub struct Measured {
    pub id: &'static str,
    pub question: Text,
    /// All must hold of one run.
    pub requires: &'static [Condition<'static>],
    pub waiting: Text,
    pub met: Text,
    pub missed: Text,
}

/// A word explained.
#[derive(Debug)]
pub struct Term {
    pub key: &'static str,
    pub name: &'static str,
    pub html: &'static str,
}

impl Lesson {
    pub fn presets(&self) -> impl Iterator<Item = &'static Preset> {
        self.blocks.iter().flat_map(|block| match block {
            Block::Runs(set) => set.presets,
            _ => &[],
        })
    }

    /// Its questions with fixed answers; guesses apart.
    pub fn choices(&self) -> impl Iterator<Item = &'static Choice> {
        self.blocks.iter().filter_map(|block| match block {
            Block::Choice(choice) => Some(choice),
            _ => None,
        })
    }

    /// The question of this name that its runs answer.
    #[cfg(test)]
    pub fn measured(&self, id: &str) -> Option<&'static Measured> {
        self.blocks.iter().find_map(|block| match block {
            Block::Measured(check) if check.id == id => Some(check),
            _ => None,
        })
    }

    /// The runs that answer a guess: those that it names, or all where it names none.
    pub fn runs_of(&self, guess: &'static Choice) -> impl Iterator<Item = &'static Preset> {
        let all = guess.runs().next().is_none();
        self.presets()
            .filter(move |preset| all || guess.runs().any(|key| key == preset.key))
    }

    /// What is to be guessed before the run of this key.
    pub fn guesses_about(&self, key: &str) -> impl Iterator<Item = &'static Choice> {
        self.guesses()
            .filter(move |guess| self.runs_of(guess).any(|preset| preset.key == key))
    }

    /// What is to be guessed before its runs.
    pub fn guesses(&self) -> impl Iterator<Item = &'static Choice> {
        self.blocks.iter().filter_map(|block| match block {
            Block::Guess(guess) => Some(guess),
            _ => None,
        })
    }
}

/// The model that a preset of a lesson is made with, where it names one.
pub fn model_of(slug: &str, key: &str) -> Option<&'static str> {
    let models = find(slug)?.run_models;
    let found = models.iter().find(|(run, _)| *run == key);
    found.map(|(_, model)| *model)
}

/// What is known of the lesson with this slug.
pub fn find(slug: &str) -> Option<&'static Outline> {
    LESSONS.iter().find(|lesson| lesson.slug == slug)
}

/// The whole lesson with this slug.
#[cfg(test)]
pub fn whole(slug: &str) -> Option<&'static Lesson> {
    let mut all = texts::ALL.iter().copied();
    all.find(|lesson| lesson.slug == slug)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_differ_and_every_lesson_has_three_checks() {
        for lesson in LESSONS {
            let same = LESSONS.iter().filter(|l| l.slug == lesson.slug).count();
            assert_eq!(same, 1, "{}", lesson.slug);
            let checks = lesson.checks.len();
            assert!(checks >= 3, "{} has {checks} checks", lesson.slug);
        }
    }

    /// What a reader sees of an answer.
    fn length(answer: &Answer) -> usize {
        let mut inside = false;
        let html = answer.text.html();
        let seen = html.chars().filter(|c| {
            inside = (inside || *c == '<') && *c != '>';
            !inside && *c != '>'
        });
        seen.count()
    }

    #[test]
    fn the_right_answer_is_seldom_the_longest_and_answers_are_of_even_length() {
        let questions: Vec<(&str, &Choice)> = texts::ALL
            .iter()
            .flat_map(|lesson| {
                let all = lesson.choices().chain(lesson.guesses());
                all.map(|choice| (lesson.slug, choice))
            })
            .collect();
        let mut longest_is_right = Vec::new();
        for (lesson, choice) in &questions {
            let lengths: Vec<usize> = choice.answers.iter().map(length).collect();
            let (least, most) = (lengths.iter().min().unwrap(), lengths.iter().max().unwrap());
            assert!(
                *most <= 12 + least || *most as f64 <= 1.7 * *least as f64,
                "{lesson}/{}: its answers are {lengths:?} characters long",
                choice.id
            );
            let right = choice
                .answers
                .iter()
                .position(|answer| answer.right)
                .unwrap();
            let others = lengths
                .iter()
                .enumerate()
                .filter(|(index, _)| *index != right);
            if others.map(|(_, length)| *length).max().unwrap() < lengths[right] {
                longest_is_right.push(format!("{lesson}/{}", choice.id));
            }
        }
        assert!(
            3 * longest_is_right.len() <= questions.len(),
            "the right answer is the longest in {} of {}: {longest_is_right:?}",
            longest_is_right.len(),
            questions.len()
        );
    }

    #[test]
    fn every_term_is_used_or_in_the_glossary_alone_once() {
        for term in GLOSSARY {
            assert_eq!(GLOSSARY.iter().filter(|t| t.key == term.key).count(), 1);
        }
    }
}
