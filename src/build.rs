//! Turns `src/lessons/*.md` into the static blocks that `src/lessons/mod.rs` includes.
//!
//! A lesson that names an unknown widget or word, links to nowhere, has a formula that cannot be read, or lacks its front
//! matter, stops the build.

#[path = "build/html.rs"]
mod html;
#[path = "lessons/measure.rs"]
#[expect(dead_code, reason = "the build only reads what the page works out")]
mod measure;
#[path = "lessons/parse.rs"]
mod parse;

use std::fmt::Write;
use std::path::Path;
use std::{env, fs};

use html::{Known, to_html};
use parse::{CheckSource, ChoiceSource, Piece, PresetSource, Source};

fn main() {
    println!("cargo:rerun-if-changed=src/build.rs");
    println!("cargo:rerun-if-changed=src/build");
    println!("cargo:rerun-if-changed=src/lessons");
    println!("cargo:rerun-if-changed=src/ui/widgets");
    println!("cargo:rerun-if-env-changed=WARMUP_BUILD_ID");
    // Only the page shows lessons; the engines and the command line build without them.
    if env::var_os("CARGO_FEATURE_UI").is_none() {
        return;
    }
    let generated = generate().unwrap_or_else(|problem| panic!("{problem}"));
    let out = env::var("OUT_DIR").expect("cargo sets OUT_DIR");
    fs::write(Path::new(&out).join("lessons.rs"), generated).expect("OUT_DIR is writable");
}

fn generate() -> Result<String, String> {
    let glossary = read_glossary(&read("src/lessons/glossary.md")?)?;
    let mut slugs = names_in("src/lessons", ".md")?;
    slugs.retain(|name| name != "glossary");
    let known = Known {
        terms: glossary.iter().map(|term| term.key.as_str()).collect(),
        lessons: slugs.iter().map(String::as_str).collect(),
    };
    let widgets = widget_names("src/ui/widgets")?;
    let mut lessons = Vec::new();
    for name in &slugs {
        let path = format!("src/lessons/{name}.md");
        let lesson = parse::parse(&read(&path)?, &widgets).map_err(|e| format!("{path}: {e}"))?;
        if lesson.slug != *name {
            return Err(format!(
                "{path}: its slug is `{}`, not the file's name",
                lesson.slug
            ));
        }
        let code = lesson_code(&lesson, &known).map_err(|e| format!("{path}: {e}"))?;
        lessons.push((lesson.number, code));
    }
    lessons.sort();
    let lessons: String = lessons.into_iter().map(|(_, code)| code).collect();
    let mut entries = String::new();
    for Term { key, name, text } in &glossary {
        let html = to_html(text, &known).map_err(|e| format!("glossary, {name}: {e}"))?;
        let _ = write!(
            entries,
            "Term {{ key: {key:?}, name: {name:?}, html: {html:?} }},"
        );
    }
    Ok(format!(
        "pub static LESSONS: &[Lesson] = &[{lessons}];\npub static GLOSSARY: &[Term] = &[{entries}];\n"
    ))
}

fn read(path: &str) -> Result<String, String> {
    fs::read_to_string(path).map_err(|e| format!("{path}: {e}"))
}

fn names_in(folder: &str, ending: &str) -> Result<Vec<String>, String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .map_err(|e| format!("{folder}: {e}"))?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter_map(|name| Some(name.strip_suffix(ending)?.to_string()))
        .filter(|name| name != "mod")
        .collect();
    names.sort();
    Ok(names)
}

/// Widgets stand in folders by what they are about.
fn widget_names(folder: &str) -> Result<Vec<String>, String> {
    let mut names = Vec::new();
    for room in names_in(folder, "")? {
        let room = format!("{folder}/{room}");
        if Path::new(&room).is_dir() {
            names.extend(names_in(&room, ".rs")?);
        }
    }
    Ok(names)
}

struct Term {
    key: String,
    name: String,
    text: String,
}

/// `## name`, then a paragraph; the key is the name with hyphens.
fn read_glossary(text: &str) -> Result<Vec<Term>, String> {
    let terms: Vec<Term> = text
        .split("\n## ")
        .skip(1)
        .filter_map(|part| part.split_once('\n'))
        .map(|(name, text)| Term {
            key: name.trim().to_lowercase().replace(' ', "-"),
            name: name.trim().to_string(),
            text: text.trim().to_string(),
        })
        .collect();
    match terms.iter().find(|term| term.text.is_empty()) {
        Some(term) => Err(format!("glossary: `{}` is not explained", term.name)),
        None => Ok(terms),
    }
}

fn lesson_code(lesson: &Source, known: &Known) -> Result<String, String> {
    let mut blocks = String::new();
    for piece in &lesson.pieces {
        blocks += &match piece {
            Piece::Prose(text) => format!("Block::Prose({:?}),", to_html(text, known)?),
            Piece::Widget { name, task } => format!(
                "Block::Widget {{ widget: Widget::{}, task: {:?} }},",
                camel_case(name),
                to_html(task, known)?
            ),
            Piece::Check(check) => check_code(check, known)?,
            Piece::Guess(guess) => format!("Block::Guess({}),", choice_code(guess, known)?),
            Piece::Runs { id, task, runs } => format!(
                "Block::Runs(RunSet {{ id: {id:?}, task: {:?}, presets: &[{}] }}),",
                to_html(task, known)?,
                runs.iter().map(preset_code).collect::<String>()
            ),
        };
    }
    let Source {
        slug,
        number,
        title,
        minutes,
        objectives,
        settings,
        ..
    } = lesson;
    Ok(format!(
        "Lesson {{ slug: {slug:?}, number: {number}, title: {title:?}, minutes: {minutes}, objectives: &{objectives:?}, \
         settings: {settings:?}, blocks: &[{blocks}] }},"
    ))
}

fn check_code(check: &CheckSource, known: &Known) -> Result<String, String> {
    match check {
        CheckSource::Choice(choice) => {
            Ok(format!("Block::Choice({}),", choice_code(choice, known)?))
        }
        CheckSource::Measured {
            id,
            question,
            requires,
            waiting,
            met,
            missed,
        } => Ok(format!(
            "Block::Measured(Measured {{ id: {id:?}, question: {:?}, requires: &{requires:?}, \
             waiting: {:?}, met: {:?}, missed: {:?} }}),",
            to_html(question, known)?,
            to_html(waiting, known)?,
            to_html(met, known)?,
            to_html(missed, known)?
        )),
    }
}

fn choice_code(choice: &ChoiceSource, known: &Known) -> Result<String, String> {
    let ChoiceSource {
        id,
        question,
        answers,
    } = choice;
    let mut list = String::new();
    for answer in answers {
        let _ = write!(
            list,
            "Answer {{ html: {:?}, right: {}, why: {:?} }},",
            unwrap_paragraph(&to_html(&answer.text, known)?),
            answer.right,
            to_html(&answer.why, known)?
        );
    }
    let question = to_html(question, known)?;
    Ok(format!(
        "Choice {{ id: {id:?}, question: {question:?}, answers: &[{list}] }}"
    ))
}

fn preset_code(preset: &PresetSource) -> String {
    let PresetSource {
        key,
        label,
        settings,
    } = preset;
    format!("Preset {{ key: {key:?}, label: {label:?}, settings: {settings:?} }},")
}

/// `los_chart` → `LosChart`.
fn camel_case(name: &str) -> String {
    name.split('_')
        .map(|word| word[..1].to_uppercase() + &word[1..])
        .collect()
}

fn unwrap_paragraph(html: &str) -> &str {
    let html = html.trim();
    html.strip_prefix("<p>")
        .and_then(|html| html.strip_suffix("</p>"))
        .unwrap_or(html)
}
