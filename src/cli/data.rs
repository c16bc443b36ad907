//! Data files on disk.

use std::path::Path;

use super::error::CliError;
use super::files::read_bytes;
use crate::data::labelled::LabelledDataset;
use crate::data::reader::{Guess, guess, read_labelled, read_labelled_as, read_texts};
use crate::data::stream::stream;
use crate::data::tokenizer::Tokenizer;
use crate::protocol::Split;

/// As errors name it.
pub fn file_name(path: &Path) -> String {
    path.display().to_string()
}

/// The bytes of a data file. Says so where something had to be guessed to read them.
pub fn data_bytes(path: &Path) -> Result<Vec<u8>, CliError> {
    let bytes = read_bytes(path)?;
    if let Ok(guess) = guess(&file_name(path), &bytes)
        && !guess.is_usual()
    {
        eprintln!("{}: read {}", path.display(), how(&guess));
    }
    Ok(bytes)
}

/// As "as Windows-1252, with semicolons between the columns".
fn how(guess: &Guess) -> String {
    let encoding = guess.encoding.map(|e| format!("as {}", e.name()));
    let separator = guess.separator.map(|separator| {
        let name = match separator {
            ',' => "commas",
            ';' => "semicolons",
            _ => "tabs",
        };
        format!("with {name} between the columns")
    });
    let parts: Vec<String> = encoding.into_iter().chain(separator).collect();
    parts.join(", ")
}

/// Labelled texts; `whole` is the split of a file that does not name its own.
pub fn labelled(path: &Path, whole: Option<Split>) -> Result<LabelledDataset, CliError> {
    let (name, bytes) = (file_name(path), data_bytes(path)?);
    Ok(match whole {
        Some(split) => read_labelled_as(&name, &bytes, split)?,
        None => read_labelled(&name, &bytes)?,
    })
}

/// All texts of a file as one stream of ids.
pub fn texts(path: &Path, tokenizer: &Tokenizer) -> Result<Vec<i32>, CliError> {
    let texts = read_texts(&file_name(path), &data_bytes(path)?)?;
    stream(&texts, tokenizer).map_err(|e| CliError::file(path, e))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guess_is_told_in_words() {
        let found = guess("x.csv", b"text;label\ncaf\xe9;b\n").unwrap();
        assert_eq!(
            how(&found),
            "as Windows-1252, with semicolons between the columns"
        );
    }
}
