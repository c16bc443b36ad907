//! A text made of many sources, as a file says: how much of each, and in what form.

mod form;

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::cli::error::CliError;
use crate::cli::files::read_text;
use crate::data::tokenizer::END_OF_TEXT;
use crate::settings::Seed;
use form::Forms;

/// The file behind `--mix`, JSON.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Mix {
    sources: Vec<Source>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Source {
    /// A document a line, or, where its name ends in `.jsonl`, a record a line; beside the mix file unless absolute.
    file: PathBuf,
    /// How often each document is read; 0.3 takes three of ten.
    #[serde(default = "once")]
    weight: f64,
    /// Lines of running text that make one document.
    #[serde(default = "one")]
    lines: usize,
    /// What becomes of a record.
    records: Option<Forms>,
}

fn once() -> f64 {
    1.0
}

fn one() -> usize {
    1
}

/// What a source gave, for the log and the model card.
#[derive(Debug, Serialize)]
pub struct Share {
    pub file: PathBuf,
    pub weight: f64,
    pub documents: usize,
    /// Records that no form fits.
    pub left_out: usize,
    pub bytes: usize,
}

/// A text of documents, `<|endoftext|>` behind each, in an order that the seed decides.
pub struct Mixed {
    pub text: String,
    pub shares: Vec<Share>,
}

/// Reads what the mix in `path` names.
pub fn read(path: &Path, seed: &Seed) -> Result<Mixed, CliError> {
    let mix: Mix = serde_json::from_str(&read_text(path)?).map_err(|e| CliError::file(path, e))?;
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut documents = Vec::new();
    let mut shares = Vec::new();
    for source in &mix.sources {
        source.check().map_err(|e| CliError::file(path, e))?;
        let seed = seed.fork(&source.file.to_string_lossy());
        let (found, left_out) = source.documents(folder, seed)?;
        shares.push(Share {
            file: source.file.clone(),
            weight: source.weight,
            documents: found.len(),
            left_out,
            bytes: found.iter().map(String::len).sum(),
        });
        documents.extend(found);
    }
    if documents.is_empty() {
        return Err(CliError::file(path, "the sources of this mix hold no text"));
    }
    seed.fork("documents").shuffle(&mut documents);
    let bytes = documents.iter().map(|d| d.len() + 16).sum();
    let mut text = String::with_capacity(bytes);
    for document in documents {
        text.push_str(&document);
        text.push('\n');
        text.push_str(END_OF_TEXT);
        text.push('\n');
    }
    Ok(Mixed { text, shares })
}

impl Source {
    fn check(&self) -> Result<(), String> {
        let file = self.file.display();
        if !(self.weight.is_finite() && self.weight > 0.0) {
            return Err(format!(
                "{file}: the weight {} must be a number above 0; leave a source out by taking its entry out",
                self.weight
            ));
        }
        if self.lines == 0 {
            return Err(format!("{file}: a document has at least one line, not 0"));
        }
        let has_forms = self.records.as_ref().is_some_and(|r| !r.forms.is_empty());
        if self.holds_records() != has_forms {
            return Err(format!(
                "{file}: `records` with its `forms` says what becomes of the records of a .jsonl file; give it there and only there"
            ));
        }
        Ok(())
    }

    fn holds_records(&self) -> bool {
        self.file.extension().is_some_and(|e| e == "jsonl")
    }

    /// Its documents, each as often as the weight says, and how many records no form fits.
    fn documents(&self, folder: &Path, mut seed: Seed) -> Result<(Vec<String>, usize), CliError> {
        let path = folder.join(&self.file);
        let text = read_text(&path)?;
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let mut documents = Vec::new();
        let Some(forms) = &self.records else {
            let lines: Vec<&str> = lines.filter(|line| *line != END_OF_TEXT).collect();
            for chunk in lines.chunks(self.lines) {
                for _ in 0..times(self.weight, &mut seed) {
                    documents.push(chunk.join("\n"));
                }
            }
            return Ok((documents, 0));
        };
        let mut left_out = 0;
        for (index, line) in lines.enumerate() {
            let record: Map<String, Value> = serde_json::from_str(line)
                .map_err(|e| CliError::file(&path, format!("line {}: {e}", index + 1)))?;
            if record.get("held_out") == Some(&Value::Bool(true)) {
                continue;
            }
            for _ in 0..times(self.weight, &mut seed) {
                match forms.render(&record, &mut seed) {
                    Some(document) => documents.push(document),
                    None => left_out += 1,
                }
            }
        }
        Ok((documents, left_out))
    }
}

/// `weight` as a whole number of times: what is behind the point is a chance.
fn times(weight: f64, seed: &mut Seed) -> usize {
    weight as usize + usize::from(seed.uniform() < weight.fract())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mix(sources: &str, files: &[(&str, &str)]) -> Result<Mixed, CliError> {
        let name = format!("warmup-mix-{:x}", folder_number(sources));
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        for (name, text) in files {
            std::fs::write(folder.join(name), text).unwrap();
        }
        let path = folder.join("mix.json");
        std::fs::write(&path, format!("{{\"sources\": [{sources}]}}")).unwrap();
        read(&path, &Seed::new(1))
    }

    /// Each test has a folder of its own.
    fn folder_number(text: &str) -> u64 {
        Seed::new(0).fork(text).next_u64()
    }

    #[test]
    fn weights_say_how_often_a_document_is_read() {
        let text: String = (0..1000).map(|n| format!("line {n}.\n")).collect();
        let files = [("a.txt", text.as_str()), ("b.txt", "one\ntwo\nthree\n")];
        let mixed = mix(
            r#"{"file": "a.txt", "weight": 0.3}, {"file": "b.txt", "weight": 2, "lines": 2}"#,
            &files,
        )
        .unwrap();
        let [a, b] = &mixed.shares[..] else { panic!() };
        assert!((250..350).contains(&a.documents), "{}", a.documents);
        assert_eq!(b.documents, 4);
        assert_eq!(mixed.text.matches("one\ntwo\n<|endoftext|>\n").count(), 2);
        assert_eq!(mixed.text.matches("\nthree\n<|endoftext|>\n").count(), 2);
    }

    #[test]
    fn records_take_a_form_and_held_out_ones_stay_away() {
        let records = r#"{"text": "Warm soup.", "stars": 5, "held_out": false}
{"text": "Cold soup.", "stars": 1}
{"text": "Some soup.", "stars": 3}
{"text": "Secret soup.", "stars": 5, "held_out": true}
"#;
        let source = r#"{"file": "r.jsonl", "records": {"forms": ["{text} It was {verdict}."],
            "words": {"verdict": {"field": "stars", "say": {"5": ["good"], "1": ["bad"]}}}}}"#;
        let mixed = mix(source, &[("r.jsonl", records)]).unwrap();
        assert!(mixed.text.contains("Warm soup. It was good.\n"));
        assert!(mixed.text.contains("Cold soup. It was bad.\n"));
        assert!(!mixed.text.contains("Some") && !mixed.text.contains("Secret"));
        assert_eq!(mixed.shares[0].left_out, 1);
    }

    #[test]
    fn a_mix_that_cannot_be_read_says_where() {
        let refused = |sources: &str, files: &[(&str, &str)]| match mix(sources, files) {
            Err(error) => error.to_string(),
            Ok(_) => panic!("{sources} was taken"),
        };
        let error = refused(r#"{"file": "a.txt", "weight": 0}"#, &[("a.txt", "x")]);
        assert!(error.contains("a.txt: the weight 0"), "{error}");
        let error = refused(r#"{"file": "r.jsonl"}"#, &[("r.jsonl", "{}")]);
        assert!(error.contains("`forms`"), "{error}");
        let error = refused(
            r#"{"file": "s.jsonl", "records": {"forms": ["{x}"]}}"#,
            &[("s.jsonl", "{\"x\": 1}\nno record\n")],
        );
        assert!(
            error.contains("s.jsonl") && error.contains("line 2"),
            "{error}"
        );
        let error = refused(r#"{"file": "gone.txt"}"#, &[]);
        assert!(error.contains("gone.txt"), "{error}");
    }
}
