//! Minutes of a lesson are worked out, not felt: 200 words a minute, 25 seconds a question, 35 a widget, and its runs.

use super::texts::ALL;
use super::{Block, Lesson, Text, Widget};

/// A preset of a lesson takes about as long on the CPU, with its scoring; the recorded ones took 13 to 33 seconds.
const RUN_SECONDS: f64 = 21.0;
/// A run of the lesson's own panel is longer.
const PANEL_SECONDS: f64 = 60.0;

fn words(html: &str) -> f64 {
    let mut inside = false;
    let text: String = html
        .chars()
        .map(|c| {
            inside = (inside || c == '<') && c != '>';
            if inside || c == '>' { ' ' } else { c }
        })
        .collect();
    text.split_whitespace().count() as f64
}

fn minutes(lesson: &Lesson) -> f64 {
    let seconds = lesson.blocks.iter().map(|block| match block {
        Block::Prose(text) => reading(*text),
        Block::Widget {
            widget: Widget::Glossary | Widget::WhatYouSaw,
            ..
        } => 0.0,
        Block::Widget { widget, task } => {
            let runs = matches!(widget, Widget::RunPanel | Widget::RemedyPanel);
            reading(*task) + 35.0 + if runs { PANEL_SECONDS } else { 0.0 }
        }
        Block::Runs(set) => reading(set.task) + RUN_SECONDS * set.presets.len() as f64,
        Block::Choice(choice) | Block::Guess(choice) => {
            let answers = choice.answers.iter();
            25.0 + reading(choice.question)
                + answers
                    .map(|answer| reading(answer.text) + reading(answer.why))
                    .sum::<f64>()
        }
        Block::Measured(check) => 25.0 + reading(check.question) + reading(check.waiting),
    });
    seconds.sum::<f64>() / 60.0
}

/// Seconds.
fn reading(text: Text) -> f64 {
    let html = text.html();
    let list_of_sources = html.find("<h2>Sources").unwrap_or(html.len());
    words(&html[..list_of_sources]) / 200.0 * 60.0
}

#[test]
fn lessons_take_as_long_as_they_say() {
    let mut wrong = Vec::new();
    for lesson in ALL {
        let (said, found) = (f64::from(lesson.minutes), minutes(lesson));
        if (said - found).abs() > 1.0 {
            let slug = lesson.slug;
            wrong.push(format!(
                "{slug} says {said} minutes; it comes to {found:.1}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
