//! No sentence of the page stands outside this catalogue: sources are read for string literals that read as words.

use std::path::{Path, PathBuf};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/ui");

/// Folders that may hold words: the catalogue, programs in Python with their comments, and the settings form, whose
/// refusals still stand where the settings are read.
const MAY: [&str; 3] = ["text", "script", "draft"];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        if path.is_dir() {
            if name != "tests" && !MAY.contains(&name) {
                sources(&path, found);
            }
        } else if name != "tests" && name != "fixture" && !name.starts_with('.') {
            found.push(path);
        }
    }
}

/// The string literals of a source, with the line that each begins in; comments and the tests at the end apart.
fn literals(source: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut inside: Option<(usize, String)> = None;
    for (index, line) in source.lines().enumerate() {
        if inside.is_none() && line.ends_with("mod tests {") {
            break;
        }
        let mut characters = line.chars().peekable();
        while let Some(c) = characters.next() {
            match (&mut inside, c) {
                (Some((_, literal)), '\\') => {
                    literal.push(' ');
                    characters.next();
                }
                (Some(_), '"') => found.extend(inside.take()),
                (Some((_, literal)), c) => literal.push(c),
                (None, '"') => inside = Some((index + 1, String::new())),
                // A quotation mark as a character opens no string.
                (None, '\'') if characters.peek() == Some(&'"') => {
                    characters.next();
                }
                (None, '/') if characters.peek() == Some(&'/') => break,
                (None, _) => {}
            }
        }
        if let Some((_, literal)) = &mut inside {
            literal.push(' ');
        }
    }
    found
}

/// Three words or more, and nothing that only code has.
fn reads_as_words(literal: &str) -> bool {
    let is_word = |word: &&str| {
        let word = word.trim_end_matches([',', '.', ':', ';', '?', '!']);
        word.len() > 1
            && word
                .chars()
                .all(|c| c.is_alphabetic() || "\'’-".contains(c))
    };
    let words = literal.split_whitespace().filter(is_word).count();
    words >= 3 && !literal.contains(['=', '(', ')', '<', '>', '*', '_'])
}

#[test]
fn no_sentence_stands_outside_the_catalogue() {
    let mut files = Vec::new();
    sources(Path::new(PAGE), &mut files);
    assert!(files.len() > 100, "only {} sources were found", files.len());
    let mut stray = Vec::new();
    for path in files {
        let source = std::fs::read_to_string(&path).unwrap();
        for (line, literal) in literals(&source) {
            if reads_as_words(&literal) {
                let path = path.strip_prefix(PAGE).unwrap().display();
                stray.push(format!("{path}:{line}: {literal}"));
            }
        }
    }
    assert!(stray.is_empty(), "belongs to ui::text: {stray:#?}");
}

#[test]
fn words_are_told_from_code() {
    let source = "// \"a comment in words\"\nlet c = '\"'; f(\"the engine stopped. {reason}\", \"M 0 0\");\n\
                  let long = \"Train on\\\n it\";\nmod tests {\n\"never read at all\"";
    let found = literals(source);
    assert_eq!(found[0], (2, "the engine stopped. {reason}".to_string()));
    assert_eq!(found.len(), 3);
    assert!(reads_as_words(&found[0].1) && !reads_as_words(&found[1].1));
    assert!(reads_as_words(&found[2].1), "{:?}", found[2]);
    for code in [
        "lr(t) = {peak} · t / {warmup}",
        "exhibit in-text",
        "run-card nth-{index}",
    ] {
        assert!(!reads_as_words(code), "{code}");
    }
}
