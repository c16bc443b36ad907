//! No sentence for a person stands outside the catalogues: sources are read for string literals that read as words.

use std::path::{Path, PathBuf};

const SOURCES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src");

/// What may hold words: the catalogues and the lessons; the command line, the build and the reference cases, whose readers
/// are at work on the program; programs in Python, with their comments.
const MAY: [&str; 9] = [
    "words",
    "ui/text",
    "lessons",
    "cli",
    "build",
    "build.rs",
    "verify",
    "rooms.rs",
    "ui/script",
];

/// What stands before a literal that no visitor reads unless the program is wrong.
const FOR_MENDERS: [&str; 9] = [
    "expect(",
    "panic!(",
    "internal(",
    "internal(format!(",
    "unreachable!(",
    "reason =",
    "expecting =",
    // Bytes.
    "(b",
    // Of the command line.
    "help:",
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let place = path.strip_prefix(SOURCES).unwrap().to_str().unwrap();
        if name.ends_with("tests")
            || name == "fixture"
            || name.starts_with('.')
            || MAY.contains(&place)
        {
            continue;
        }
        match path.is_dir() {
            true => sources(&path, found),
            false => found.push(path),
        }
    }
}

/// The string literals of a source, with the line that each begins in; comments, the tests at the end, and what only menders
/// read apart.
fn literals(source: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut inside: Option<(usize, String)> = None;
    let mut code = String::new();
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
                (Some(_), '"') => {
                    let literal = inside.take();
                    found.extend(literal.filter(|_| !is_for_menders(&code)));
                    code.clear();
                }
                (Some((_, literal)), c) => literal.push(c),
                (None, '"') => inside = Some((index + 1, String::new())),
                // A quotation mark as a character opens no string.
                (None, '\'') if characters.peek() == Some(&'"') => {
                    characters.next();
                }
                (None, '/') if characters.peek() == Some(&'/') => break,
                (None, c) => code.push(c),
            }
        }
        if let Some((_, literal)) = &mut inside {
            literal.push(' ');
        }
    }
    found
}

fn is_for_menders(code_before: &str) -> bool {
    let before = code_before.trim_end();
    let statement = before.rsplit([';', '{', '}']).next().unwrap_or_default();
    FOR_MENDERS.iter().any(|opening| before.ends_with(opening)) || statement.contains("assert")
}

/// Three words or more, and nothing that only code has; a comment in Python is code.
fn reads_as_words(literal: &str) -> bool {
    let is_word = |word: &&str| {
        let word = word.trim_end_matches([',', '.', ':', ';', '?', '!']);
        word.len() > 1
            && word
                .chars()
                .all(|c| c.is_alphabetic() || "\'’-".contains(c))
    };
    let words = literal.split_whitespace().filter(is_word).count();
    let is_comment = literal.starts_with("# ");
    words >= 3 && !is_comment && !literal.contains(['=', '(', ')', '<', '>', '*', '_'])
}

#[test]
fn no_sentence_stands_outside_the_catalogue() {
    let mut files = Vec::new();
    sources(Path::new(SOURCES), &mut files);
    assert!(files.len() > 300, "only {} sources were found", files.len());
    let mut stray = Vec::new();
    for path in files {
        let source = std::fs::read_to_string(&path).unwrap();
        for (line, literal) in literals(&source) {
            if reads_as_words(&literal) {
                let path = path.strip_prefix(SOURCES).unwrap().display();
                stray.push(format!("{path}:{line}: {literal}"));
            }
        }
    }
    assert!(stray.is_empty(), "belongs to a catalogue: {stray:#?}");
}

#[test]
fn words_are_told_from_code() {
    let source = "// \"a comment in words\"\nlet c = '\"'; f(\"the engine stopped. {reason}\", \"M 0 0\");\n\
                  let long = \"Train on\\\n it\";\nx.expect(\n \"a head is there\");\nmod tests {\n\"never read at all\"";
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
