//! Turns `src/lessons/LANGUAGE/*.md` into the static blocks that `src/lessons/mod.rs` includes, and the files of
//! `src/ui/widgets` into the list of what lessons can name.
//!
//! A lesson that names an unknown widget, model, run or word, links to nowhere, has a formula, a condition or a sum that
//! cannot be read, or lacks its front matter, stops the build.

#[path = "build/checks.rs"]
mod checks;
#[path = "build/code.rs"]
mod code;
#[path = "build/conditions.rs"]
mod conditions;
#[path = "build/html.rs"]
mod html;
#[path = "build/items.rs"]
mod items;
#[path = "build/lesson.rs"]
mod lesson;
#[path = "lessons/measure.rs"]
#[expect(dead_code, reason = "the page works out what the build writes down")]
mod measure;
#[path = "build/runs.rs"]
mod runs;
#[path = "lessons/sum.rs"]
#[expect(dead_code, reason = "the page works out what the build writes down")]
mod sum;
#[path = "build/sums.rs"]
mod sums;
#[path = "build/text.rs"]
mod text;
#[path = "build/widgets.rs"]
mod widgets;

use std::fmt::Write;
use std::path::Path;
use std::{env, fs};

use html::{Known, to_html};
use lesson::Names;

const LESSONS: &str = "src/lessons";
const LANGUAGE: &str = "WARMUP_LANGUAGE";
const MODELS: &str = "www/models";
/// Set where the page is parted after it has been linked; `src/ui/parts.rs` says how.
const IN_PARTS: &str = "WARMUP_PARTS";

fn main() {
    println!("cargo:rerun-if-changed=src/build.rs");
    println!("cargo:rerun-if-changed=src/build");
    println!("cargo:rerun-if-changed={LESSONS}");
    println!("cargo:rerun-if-changed=src/ui/widgets");
    println!("cargo:rerun-if-env-changed=WARMUP_BUILD_ID");
    println!("cargo:rerun-if-env-changed={LANGUAGE}");
    let language = language().unwrap_or_else(|problem| panic!("{problem}"));
    println!("cargo:rustc-cfg=language=\"{language}\"");
    // Only the page shows lessons; the engines and the command line build without them.
    if env::var_os("CARGO_FEATURE_UI").is_none() {
        return;
    }
    part_the_page();
    let generated = generate(&language).unwrap_or_else(|problem| panic!("{problem}"));
    let out = env::var("OUT_DIR").expect("cargo sets OUT_DIR");
    for (name, code) in generated {
        fs::write(Path::new(&out).join(name), code).expect("OUT_DIR is writable");
    }
}

/// Parting a module needs to know what refers to what, which the linker leaves in it only when it is asked to.
fn part_the_page() {
    println!("cargo:rerun-if-env-changed={IN_PARTS}");
    println!("cargo:rustc-check-cfg=cfg(in_parts)");
    if env::var_os(IN_PARTS).is_some() {
        println!("cargo:rustc-cfg=in_parts");
        println!("cargo:rustc-link-arg-bin=app=--emit-relocs");
    }
}

/// The language that the page is built in: one that has lessons.
fn language() -> Result<String, String> {
    let languages = folders(LESSONS)?;
    let quoted: Vec<String> = languages.iter().map(|name| format!("{name:?}")).collect();
    println!(
        "cargo:rustc-check-cfg=cfg(language, values({}))",
        quoted.join(", ")
    );
    let wanted = env::var(LANGUAGE).unwrap_or_else(|_| "en".to_owned());
    match languages.contains(&wanted) {
        true => Ok(wanted),
        false => Err(format!(
            "{LANGUAGE} is {wanted}; there are lessons in {}",
            languages.join(", ")
        )),
    }
}

/// What `src/lessons`, `src/ui/widgets` and `src/ui/lesson` include.
fn generate(language: &str) -> Result<[(&'static str, String); 3], String> {
    let widgets = widgets::find()?;
    let mut lessons = widgets::enum_code(&widgets);
    let models = folders(MODELS)?;
    let names = Names {
        widgets: widgets
            .iter()
            .map(|widget| (&widget.name[..], widget.check.as_deref()))
            .collect(),
        models: models.iter().map(String::as_str).collect(),
    };
    let (chapter, loaders) = chapter(&format!("{LESSONS}/{language}"), &names)?;
    lessons += &chapter;
    Ok([
        ("lessons.rs", lessons),
        ("widgets.rs", widgets::view_code(&widgets)),
        ("lesson_parts.rs", loaders),
    ])
}

/// The lessons and the glossary of one language, and what loads a lesson.
fn chapter(folder: &str, names: &Names) -> Result<(String, String), String> {
    let glossary = read_glossary(&read(&format!("{folder}/glossary.md"))?)?;
    let mut slugs = names_in(folder, ".md")?;
    slugs.retain(|name| name != "glossary");
    let known = Known {
        terms: glossary.iter().map(|term| term.key.as_str()).collect(),
        lessons: slugs.iter().map(String::as_str).collect(),
    };
    let mut lessons = Vec::new();
    for slug in &slugs {
        let path = format!("{folder}/{slug}.md");
        lessons.push(read_lesson(&path, slug, names, &known).map_err(|e| format!("{path}: {e}"))?);
    }
    lessons.sort();
    if let Some(gap) = (1..)
        .zip(&lessons)
        .find(|(place, lesson)| *place != lesson.0)
    {
        return Err(format!("{folder}: no lesson has the number {}", gap.0));
    }
    let outlines: String = lessons
        .iter()
        .map(|(_, _, [outline, _])| &outline[..])
        .collect();
    let texts: String = lessons.iter().map(|(_, _, [_, text])| &text[..]).collect();
    let statics = lessons
        .iter()
        .map(|(_, slug, _)| format!("&{},", code::static_name(slug)));
    let mut entries = String::new();
    for Term { key, name, text } in &glossary {
        let html = to_html(text, &known).and_then(text::fixed);
        let html = html.map_err(|e| format!("{folder}/glossary.md, {name}: {e}"))?;
        let _ = write!(
            entries,
            "Term {{ key: {key:?}, name: {name:?}, html: {html:?} }},"
        );
    }
    let code = format!(
        "pub static LESSONS: &[Outline] = &[{outlines}];\npub static GLOSSARY: &[Term] = &[{entries}];\n\
         /// The lessons whole. What names one of these statics holds the lesson's text.\n\
         pub mod texts {{ use super::*;\n{texts}\n#[cfg(test)] pub static ALL: &[&Lesson] = &[{}]; }}\n",
        statics.collect::<String>()
    );
    Ok((code, code::loaders(&slugs)))
}

/// A lesson's place in the chapter, its slug, and the code of what is known of it and of its text.
fn read_lesson(
    path: &str,
    slug: &str,
    names: &Names,
    known: &Known,
) -> Result<(u32, String, [String; 2]), String> {
    let lesson = lesson::parse(&read(path)?, names)?;
    if lesson.slug != slug {
        return Err(format!(
            "its slug is `{}`, not the file's name",
            lesson.slug
        ));
    }
    let code = code::lesson(&lesson, names, known)?;
    Ok((lesson.number, slug.to_owned(), code))
}

fn read(path: &str) -> Result<String, String> {
    fs::read_to_string(path).map_err(|e| format!("{path}: {e}"))
}

/// The names of a folder's files with this ending, without it; a room's `mod.rs` is none of them.
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

fn folders(folder: &str) -> Result<Vec<String>, String> {
    let mut names = names_in(folder, "")?;
    names.retain(|name| Path::new(folder).join(name).is_dir());
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
