//! Sentences with a tag for every word, and what the model gets of them.

use serde::{Deserialize, Serialize};

use super::batch::IGNORED;
use super::tokenizer::Tokenizer;
use crate::faults::TokenizerError;
use crate::protocol::Split;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaggedSentence {
    pub words: Vec<String>,
    /// Indices into [`TaggedDataset::labels`].
    pub tags: Vec<usize>,
    pub split: Split,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaggedDataset {
    /// In alphabetical order.
    pub labels: Vec<String>,
    pub rows: Vec<TaggedSentence>,
}

/// A sentence as token ids. The first token of a word carries its tag, those that follow none, as in
/// transformers' example of token classification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EncodedSentence {
    pub ids: Vec<i32>,
    /// A tag or [`IGNORED`] for each id.
    pub labels: Vec<i32>,
    /// Words that the run's length cut off.
    pub cut_words: usize,
}

impl TaggedDataset {
    pub fn encode(
        &self,
        split: Split,
        tokenizer: &Tokenizer,
        max_length: usize,
    ) -> Result<Vec<EncodedSentence>, TokenizerError> {
        let rows = self.rows.iter().filter(|row| row.split == split);
        rows.map(|row| encode(row, tokenizer, max_length)).collect()
    }
}

fn encode(
    row: &TaggedSentence,
    tokenizer: &Tokenizer,
    max_length: usize,
) -> Result<EncodedSentence, TokenizerError> {
    let (ids, words) = tokenizer.encode_words(&row.words)?;
    let starts = |i: usize| i == 0 || words[i - 1] != words[i];
    let mut labels: Vec<i32> = (0..ids.len())
        .map(|i| match starts(i) {
            true => row.tags[words[i]] as i32,
            false => IGNORED,
        })
        .collect();
    let marks = tokenizer.marks_a_text();
    labels.truncate(max_length.saturating_sub(marks));
    let read = labels.iter().filter(|label| **label != IGNORED).count();
    if marks > 0 {
        // The marks have no tag.
        labels.insert(0, IGNORED);
        labels.push(IGNORED);
    }
    Ok(EncodedSentence {
        ids: tokenizer.framed(ids, max_length),
        labels,
        cut_words: row.words.len() - read,
    })
}

/// Places of the words of a text, in Unicode code points, divided as the shipped sentences are: punctuation stands
/// apart, and an apostrophe begins what is behind it ("Cobb", "'s").
pub fn words_of(text: &str) -> Vec<(usize, usize)> {
    let characters: Vec<char> = text.chars().collect();
    let mut places: Vec<(usize, usize)> = Vec::new();
    let mut is_open = false;
    for (at, c) in characters.iter().enumerate() {
        let next = characters.get(at + 1).copied().unwrap_or(' ');
        let inner = "-.,".contains(*c) && is_open && next.is_alphanumeric();
        let goes_on = c.is_alphanumeric() || inner;
        if goes_on && is_open {
            if let Some(last) = places.last_mut() {
                last.1 = at + 1;
            }
        } else if !c.is_whitespace() {
            places.push((at, at + 1));
        }
        is_open = goes_on || (matches!(c, '\'' | '’') && is_open);
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn punctuation_stands_apart_from_words() {
        let text = "Zoë's co-op sold 1,000 eggs (all), \"fresh\".";
        let words: Vec<String> = words_of(text)
            .into_iter()
            .map(|(from, to)| text.chars().skip(from).take(to - from).collect())
            .collect();
        assert_eq!(
            words,
            [
                "Zoë", "'s", "co-op", "sold", "1,000", "eggs", "(", "all", ")", ",", "\"", "fresh",
                "\"", "."
            ]
        );
        assert!(words_of(" ").is_empty());
    }

    #[test]
    fn the_first_token_of_a_word_speaks_for_it() {
        // No merges: every byte is a token, and each word has a space before it.
        let tokenizer = Tokenizer::train(["ab"].into_iter(), 258).unwrap();
        let row = TaggedSentence {
            words: vec!["xy".into(), "z".into()],
            tags: vec![2, 0],
            split: Split::Train,
        };
        let whole = encode(&row, &tokenizer, 9).unwrap();
        assert_eq!(whole.ids, tokenizer.ids(" xy z").unwrap());
        assert_eq!(whole.labels, [2, IGNORED, IGNORED, 0, IGNORED]);
        assert_eq!(whole.cut_words, 0);
        let cut = encode(&row, &tokenizer, 3).unwrap();
        assert_eq!((cut.labels.len(), cut.cut_words), (3, 1));
    }
}
