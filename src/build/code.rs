//! Lessons as Rust: the statics that `src/lessons/mod.rs` includes.

use std::fmt::Write;

use super::checks::{CheckSource, ChoiceSource};
use super::conditions::{condition, condition_code};
use super::html::{Known, to_html};
use super::lesson::{Piece, Source};
use super::runs::{PresetSource, RunsSource};
use super::text;
use super::widgets::camel_case;

pub fn lesson(lesson: &Source, known: &Known) -> Result<String, String> {
    let mut blocks = String::new();
    for piece in &lesson.pieces {
        blocks += &match piece {
            Piece::Prose(markdown) => format!("Block::Prose({}),", prose(markdown, known)?),
            Piece::Widget { name, task } => {
                let (name, task) = (camel_case(name), prose(task, known)?);
                format!("Block::Widget {{ widget: Widget::{name}, task: {task} }},")
            }
            Piece::Check(check) => self::check(check, known)?,
            Piece::Guess(guess) => format!("Block::Guess({}),", choice(guess, known, measured)?),
            Piece::Runs(set) => runs(set, known)?,
        };
    }
    let Source {
        slug,
        number,
        title,
        minutes,
        objectives,
        settings,
        model,
        ..
    } = lesson;
    Ok(format!(
        "Lesson {{ slug: {slug:?}, number: {number}, title: {title:?}, minutes: {minutes}, objectives: &{objectives:?}, \
         settings: {settings:?}, model: {model:?}, blocks: &[{blocks}] }},"
    ))
}

fn prose(markdown: &str, known: &Known) -> Result<String, String> {
    text::plain(&to_html(markdown, known)?)
}

fn measured(markdown: &str, known: &Known) -> Result<String, String> {
    text::measured(&to_html(markdown, known)?)
}

fn runs(set: &RunsSource, known: &Known) -> Result<String, String> {
    let presets: String = set.runs.iter().map(preset).collect();
    let RunsSource {
        id,
        task,
        are_across_models,
        ..
    } = set;
    let task = prose(task, known)?;
    Ok(format!(
        "Block::Runs(RunSet {{ id: {id:?}, task: {task}, are_across_models: {are_across_models}, presets: &[{presets}] }}),"
    ))
}

fn check(check: &CheckSource, known: &Known) -> Result<String, String> {
    match check {
        CheckSource::Choice(check) => {
            Ok(format!("Block::Choice({}),", choice(check, known, prose)?))
        }
        CheckSource::Measured {
            id,
            question,
            requires,
            waiting,
            met,
            missed,
        } => {
            let mut conditions = String::new();
            for text in requires {
                conditions += &condition_code(&condition(text)?);
            }
            let (question, waiting) = (prose(question, known)?, prose(waiting, known)?);
            let (met, missed) = (measured(met, known)?, measured(missed, known)?);
            Ok(format!(
                "Block::Measured(Measured {{ id: {id:?}, question: {question}, requires: &[{conditions}], \
                 waiting: {waiting}, met: {met}, missed: {missed} }}),"
            ))
        }
    }
}

/// `why` says what an explanation may hold: only a guess is explained with what runs measured.
fn choice(
    choice: &ChoiceSource,
    known: &Known,
    why: fn(&str, &Known) -> Result<String, String>,
) -> Result<String, String> {
    let ChoiceSource {
        id,
        question,
        answers,
    } = choice;
    let mut list = String::new();
    for answer in answers {
        let html = to_html(&answer.text, known)?;
        let _ = write!(
            list,
            "Answer {{ text: {}, right: {}, why: {} }},",
            text::plain(unwrap_paragraph(&html))?,
            answer.right,
            why(&answer.why, known)?
        );
    }
    let question = prose(question, known)?;
    Ok(format!(
        "Choice {{ id: {id:?}, question: {question}, answers: &[{list}] }}"
    ))
}

fn preset(preset: &PresetSource) -> String {
    let PresetSource {
        key,
        label,
        model,
        settings,
    } = preset;
    format!(
        "Preset {{ key: {key:?}, label: {label:?}, model: {model:?}, settings: {settings:?} }},"
    )
}

fn unwrap_paragraph(html: &str) -> &str {
    let html = html.trim();
    html.strip_prefix("<p>")
        .and_then(|html| html.strip_suffix("</p>"))
        .unwrap_or(html)
}
