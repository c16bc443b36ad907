//! Texts in a row, cut into windows: what a language model trains and is measured on.

use super::reader::{TextEnd, Texts};
use super::tokenizer::{END_OF_TEXT, Tokenizer};
use crate::faults::TokenizerError;

/// The ids of all texts one after another, each followed by its end. A line that is itself
/// `<|endoftext|>`, as between the books of a corpus, is that token.
pub fn stream(texts: &Texts, tokenizer: &Tokenizer) -> Result<Vec<i32>, TokenizerError> {
    let mut ids = Vec::new();
    for text in &texts.texts {
        match texts.end {
            TextEnd::NewLine if text == END_OF_TEXT => ids.extend(tokenizer.end_of_text()),
            TextEnd::NewLine => ids.extend(tokenizer.ids(&format!("{text}\n"))?),
            TextEnd::EndOfText => {
                ids.extend(tokenizer.ids(text)?);
                ids.extend(tokenizer.end_of_text());
            }
        }
    }
    Ok(ids)
}

/// Takes the last tenth of a text away, to be measured on.
pub fn hold_out(ids: &mut Vec<i32>) -> Vec<i32> {
    const SHARE: usize = 10;
    ids.split_off(ids.len() - ids.len() / SHARE)
}

/// Windows of `length` side by side; what is left over at the end is dropped, unless it is all there is.
pub fn windows(ids: &[i32], length: usize) -> Vec<Vec<i32>> {
    let whole: Vec<Vec<i32>> = ids.chunks_exact(length).map(<[i32]>::to_vec).collect();
    if whole.is_empty() && ids.len() > 1 {
        vec![ids.to_vec()]
    } else {
        whole
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_of_one_length() {
        assert_eq!(windows(&[1, 2, 3, 4, 5], 2), [[1, 2], [3, 4]]);
        assert_eq!(windows(&[1, 2, 3], 8), [[1, 2, 3]]);
        assert!(windows(&[1], 8).is_empty());
    }

    #[test]
    fn each_text_is_followed_by_its_end() {
        let tokenizer = Tokenizer::train(["ab ab"].into_iter(), 258).unwrap();
        let end = tokenizer.end_of_text().unwrap();
        let newline = tokenizer.ids("\n").unwrap()[0];
        let texts = |texts: &[&str], end| Texts {
            texts: texts.iter().map(|t| (*t).to_owned()).collect(),
            end,
        };
        let book = stream(
            &texts(&["a", END_OF_TEXT, "b"], TextEnd::NewLine),
            &tokenizer,
        )
        .unwrap();
        assert_eq!(
            (book[1], book[2], *book.last().unwrap()),
            (newline, end, newline)
        );
        let rows = stream(&texts(&["a", "b"], TextEnd::EndOfText), &tokenizer).unwrap();
        assert_eq!(rows.iter().filter(|id| **id == end).count(), 2);
    }
}
