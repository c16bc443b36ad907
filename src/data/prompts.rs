//! Prompts and completions: only the completion is learnt, the prompt is given.

use serde::{Deserialize, Serialize};

use super::batch::IGNORED;
use super::tokenizer::Tokenizer;
use crate::faults::TokenizerError;
use crate::protocol::Split;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompted {
    pub prompt: String,
    pub completion: String,
    pub split: Split,
}

/// Prompt, completion and the end of the text in one row, with labels on what is to be learnt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EncodedPrompt {
    pub ids: Vec<i32>,
    /// [`IGNORED`] on the prompt.
    pub labels: Vec<i32>,
}

impl EncodedPrompt {
    /// Cut to `max_length`; none where nothing of the completion is left.
    pub fn new(
        prompt: &[i32],
        completion: &[i32],
        end: Option<i32>,
        max_length: usize,
    ) -> Option<Self> {
        let learnt = || completion.iter().copied().chain(end);
        let mut ids: Vec<i32> = prompt.iter().copied().chain(learnt()).collect();
        let silent = std::iter::repeat_n(IGNORED, prompt.len());
        let mut labels: Vec<i32> = silent.chain(learnt()).collect();
        ids.truncate(max_length);
        labels.truncate(max_length);
        (max_length > prompt.len()).then_some(Self { ids, labels })
    }

    /// Tokens with a label; the very first token of a row is predicted by nothing.
    pub fn predicted(&self) -> usize {
        self.labels
            .iter()
            .skip(1)
            .filter(|l| **l != IGNORED)
            .count()
    }
}

/// The texts as they stand; where no white space is between them, a space is, which the tokenizer takes for
/// part of the completion's first word.
pub fn encode(
    row: &Prompted,
    tokenizer: &Tokenizer,
    max_length: usize,
) -> Result<Option<EncodedPrompt>, TokenizerError> {
    let apart = row.prompt.ends_with(char::is_whitespace)
        || row.completion.starts_with(char::is_whitespace);
    let gap = if apart { "" } else { " " };
    let prompt = tokenizer.ids(&row.prompt)?;
    let completion = tokenizer.ids(&format!("{gap}{}", row.completion))?;
    let end = tokenizer.end_of_text();
    Ok(EncodedPrompt::new(&prompt, &completion, end, max_length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_prompt_has_no_labels_and_the_end_has_one() {
        let row = EncodedPrompt::new(&[1, 2], &[3, 4], Some(9), 10).unwrap();
        assert_eq!(row.ids, [1, 2, 3, 4, 9]);
        assert_eq!(row.labels, [IGNORED, IGNORED, 3, 4, 9]);
        assert_eq!(row.predicted(), 3);
        let cut = EncodedPrompt::new(&[1, 2], &[3, 4], Some(9), 3).unwrap();
        assert_eq!(cut.labels, [IGNORED, IGNORED, 3]);
        assert_eq!(EncodedPrompt::new(&[1, 2], &[3, 4], Some(9), 2), None);
    }

    #[test]
    fn a_space_stands_between_the_two() {
        let tokenizer = Tokenizer::train(["ab"].into_iter(), 258).unwrap();
        let row = |prompt: &str, completion: &str| Prompted {
            prompt: prompt.into(),
            completion: completion.into(),
            split: Split::Train,
        };
        let text = |row| {
            let encoded = encode(&row, &tokenizer, 99).unwrap().unwrap();
            tokenizer.decode(&encoded.ids, true).unwrap()
        };
        assert_eq!(text(row("a", "b")), "a b");
        assert_eq!(text(row("a\n", "b")), "a\nb");
        assert_eq!(text(row("a", " b")), "a b");
    }
}
