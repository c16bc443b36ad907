//! The chapter: lessons written in Markdown, compiled by `src/build.rs` into static blocks.
//!
//! Prose lives in the `.md` files and nowhere else; fences in them name widgets (by the file name under
//! `src/ui/widgets`) and checks. `glossary.md` holds the words that `[text](term:key)` opens.

#[cfg(test)]
#[path = "../build/html.rs"]
mod html;
pub mod measure;
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

/// The widgets that a lesson may name; the file name in `src/ui/widgets` is the name in Markdown.
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

    #[test]
    fn every_term_is_used_or_in_the_glossary_alone_once() {
        for term in GLOSSARY {
            assert_eq!(GLOSSARY.iter().filter(|t| t.key == term.key).count(), 1);
        }
    }
}
