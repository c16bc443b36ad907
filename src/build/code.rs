//! Lessons as Rust: the statics that `src/lessons/mod.rs` includes.

use std::fmt::Write;

use super::checks::{CheckSource, ChoiceSource};
use super::conditions::{condition, condition_code};
use super::html::{Known, to_html};
use super::lesson::{Names, Piece, Source};
use super::runs::{PresetSource, RunsSource};
use super::text;
use super::widgets::camel_case;

/// What is known of it without its text, its entry in `LESSONS`, and the static of the whole.
pub fn lesson(lesson: &Source, names: &Names, known: &Known) -> Result<[String; 2], String> {
    let mut blocks = String::new();
    for piece in &lesson.pieces {
        blocks += &block(piece, known)?;
    }
    let place = lesson.number.saturating_sub(1);
    let name = static_name(&lesson.slug);
    Ok([
        outline(lesson, names),
        format!(
            "pub static {name}: Lesson = Lesson {{ outline: &LESSONS[{place}], blocks: &[{blocks}] }};\n"
        ),
    ])
}

/// `learning-rate` → `LEARNING_RATE`.
pub fn static_name(slug: &str) -> String {
    slug.replace('-', "_").to_uppercase()
}

/// A part of the page for each lesson's text, and `load`, which fetches the one with a slug.
pub fn loaders(slugs: &[String]) -> String {
    let (mut parts, mut arms) = (String::new(), String::new());
    for slug in slugs {
        let (name, whole) = (slug.replace('-', "_"), static_name(slug));
        let _ = writeln!(
            parts,
            "part!(text_{name}, {name}() -> &'static Lesson, &texts::{whole});"
        );
        let _ = writeln!(arms, "{slug:?} => {name}().await.map(Some),");
    }
    format!(
        "{parts}/// The lesson with this slug; its text arrives when it is first asked for.\n\
         pub async fn load(slug: &str) -> Result<Option<&'static Lesson>, NotLoaded> {{ match slug {{ {arms} _ => Ok(None) }} }}\n"
    )
}

fn outline(lesson: &Source, names: &Names) -> String {
    let Source {
        slug,
        number,
        title,
        minutes,
        objectives,
        settings,
        model,
        pieces,
    } = lesson;
    let checks: Vec<&str> = pieces
        .iter()
        .filter_map(|piece| check_in(piece, names))
        .collect();
    let right: Vec<(&str, usize, usize)> = pieces.iter().filter_map(right_answer).collect();
    let models: Vec<(&str, &str)> = pieces.iter().flat_map(run_models).collect();
    format!(
        "Outline {{ slug: {slug:?}, number: {number}, title: {title:?}, minutes: {minutes}, objectives: &{objectives:?}, \
         settings: {settings:?}, model: {model:?}, checks: &{checks:?}, right_answers: &{right:?}, run_models: &{models:?} }},"
    )
}

fn check_in<'a>(piece: &'a Piece, names: &Names<'a>) -> Option<&'a str> {
    match piece {
        Piece::Check(CheckSource::Choice(choice)) => Some(&choice.id),
        Piece::Check(CheckSource::Measured { id, .. }) => Some(id),
        Piece::Widget { name, .. } => {
            let mut widgets = names.widgets.iter();
            widgets.find(|(known, _)| known == name)?.1
        }
        _ => None,
    }
}

fn right_answer(piece: &Piece) -> Option<(&str, usize, usize)> {
    let Piece::Check(CheckSource::Choice(choice)) = piece else {
        return None;
    };
    let right = choice.answers.iter().position(|answer| answer.right)?;
    Some((&choice.id, right, choice.answers.len()))
}

fn run_models(piece: &Piece) -> impl Iterator<Item = (&str, &str)> {
    let runs = match piece {
        Piece::Runs(set) => &set.runs[..],
        _ => &[],
    };
    runs.iter()
        .filter_map(|run| Some((&run.key[..], run.model.as_deref()?)))
}

fn block(piece: &Piece, known: &Known) -> Result<String, String> {
    Ok(match piece {
        Piece::Prose(markdown) => format!("Block::Prose({}),", prose(markdown, known)?),
        Piece::Widget { name, task } => {
            let (name, task) = (camel_case(name), prose(task, known)?);
            format!("Block::Widget {{ widget: Widget::{name}, task: {task} }},")
        }
        Piece::Check(check) => self::check(check, known)?,
        Piece::Guess(guess) => format!("Block::Guess({}),", choice(guess, known, measured)?),
        Piece::Runs(set) => runs(set, known)?,
    })
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
