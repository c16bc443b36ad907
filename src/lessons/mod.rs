//! The chapter: lessons written in Markdown, compiled by `src/build.rs` into static blocks.
//!
//! Prose lives in the `.md` files and nowhere else; fences in them name widgets (by the file name under
//! `src/ui/widgets`) and checks. `glossary.md` holds the words that `[text](term:key)` opens.

#[cfg(test)]
mod first_use;
#[cfg(test)]
#[path = "../build/html.rs"]
mod html;
pub mod measure;
#[cfg(test)]
mod pace;
#[cfg(test)]
mod parse;
pub mod sum;

/// One lesson.
#[derive(Debug)]
pub struct Lesson {
    pub slug: &'static str,
    /// Its place in the chapter, from 1.
    pub number: u32,
    pub title: &'static str,
    pub minutes: u32,
    pub objectives: &'static [&'static str],
    /// The lab's query string, for the settings that the lesson starts with; empty for the defaults.
    pub settings: &'static str,
    pub blocks: &'static [Block],
}

/// A stretch of a lesson. Texts are HTML.
#[derive(Debug)]
pub enum Block {
    Prose(&'static str),
    Widget {
        widget: Widget,
        task: &'static str,
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
    pub task: &'static str,
    pub presets: &'static [Preset],
}

/// A run with settings of its own.
#[derive(Debug)]
pub struct Preset {
    pub key: &'static str,
    pub label: &'static str,
    /// What differs from the lesson's settings, as an address has it.
    pub settings: &'static str,
}

/// The widgets that a lesson may name; the file name in a folder of `src/ui/widgets` is the name in Markdown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Widget {
    AdapterShelf,
    AttentionMap,
    BeforeAfter,
    ClassifyBox,
    Confusion,
    DataPeek,
    DebugProgram,
    DecisionGuide,
    ExampleSteps,
    ExportScript,
    FillMask,
    ForgettingChart,
    FreezeLine,
    FrozenProof,
    GenerateBox,
    Glossary,
    LoraProgram,
    LoraRectangles,
    LossChart,
    MatchedModules,
    MatrixLens,
    Mistakes,
    NextToken,
    NormChart,
    ParameterMap,
    Predict,
    Prompting,
    RemedyPanel,
    RunPanel,
    ScheduleChart,
    ScheduleDrawing,
    SketchCurve,
    StrategyTable,
    SweepScatter,
    TargetCounts,
    TrainerProgram,
    UpdateNorms,
    WhatYouSaw,
}

impl Widget {
    /// The name of the check that the widget itself is.
    pub fn check(self) -> Option<&'static str> {
        match self {
            Self::DebugProgram => Some("debug-program"),
            Self::FillMask => Some("both-sides-count"),
            Self::NextToken => Some("surer-than-half"),
            _ => None,
        }
    }
}

/// A question with fixed answers, each explained.
#[derive(Debug)]
pub struct Choice {
    pub id: &'static str,
    pub question: &'static str,
    pub answers: &'static [Answer],
}

#[derive(Debug)]
pub struct Answer {
    pub html: &'static str,
    pub right: bool,
    pub why: &'static str,
}

/// A question that the learner's own run answers. What stands in braces in the texts is measured.
#[derive(Debug)]
pub struct Measured {
    pub id: &'static str,
    pub question: &'static str,
    /// Conditions as `measure` reads them; all must hold of one run.
    pub requires: &'static [&'static str],
    pub waiting: &'static str,
    pub met: &'static str,
    pub missed: &'static str,
}

/// A word explained.
#[derive(Debug)]
pub struct Term {
    pub key: &'static str,
    pub name: &'static str,
    pub html: &'static str,
}

include!(concat!(env!("OUT_DIR"), "/lessons.rs"));

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

    /// What is to be guessed before its runs.
    pub fn guesses(&self) -> impl Iterator<Item = &'static Choice> {
        self.blocks.iter().filter_map(|block| match block {
            Block::Guess(guess) => Some(guess),
            _ => None,
        })
    }

    /// The names of its checks, in order.
    pub fn checks(&self) -> impl Iterator<Item = &'static str> {
        self.blocks.iter().filter_map(|block| match block {
            Block::Choice(choice) => Some(choice.id),
            Block::Measured(check) => Some(check.id),
            Block::Widget { widget, .. } => widget.check(),
            _ => None,
        })
    }
}

/// The lesson with this slug.
pub fn find(slug: &str) -> Option<&'static Lesson> {
    LESSONS.iter().find(|lesson| lesson.slug == slug)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_differ_and_every_lesson_has_three_checks() {
        for lesson in LESSONS {
            let same = LESSONS.iter().filter(|l| l.slug == lesson.slug).count();
            assert_eq!(same, 1, "{}", lesson.slug);
            let checks = lesson.checks().count();
            assert!(checks >= 3, "{} has {checks} checks", lesson.slug);
        }
    }

    /// What a reader sees of an answer.
    fn length(answer: &Answer) -> usize {
        let mut inside = false;
        let seen = answer.html.chars().filter(|c| {
            inside = (inside || *c == '<') && *c != '>';
            !inside && *c != '>'
        });
        seen.count()
    }

    #[test]
    fn the_right_answer_is_seldom_the_longest_and_answers_are_of_even_length() {
        let questions: Vec<(&str, &Choice)> = LESSONS
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
