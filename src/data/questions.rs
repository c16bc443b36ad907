//! Questions whose answers stand in a text, and what the model gets of them.
//!
//! A question and its text are one row: for GPT-2 the end-of-text token, the question, a new line, the text; for a
//! BERT `[CLS]`, the question, `[SEP]`, the text as the second of a pair, `[SEP]`. Where the
//! text is too long, it goes through a window that slides over it, as in transformers' example of question
//! answering: each window starts with the question anew and shares `stride` tokens with the one before.

use serde::{Deserialize, Serialize};

use super::tokenizer::{Encoding, Tokenizer};
use crate::faults::TokenizerError;
use crate::protocol::Split;

/// An answer and its place in the text, in Unicode code points.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    pub text: String,
    pub start: usize,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    pub question: String,
    pub context: String,
    /// At least one; any of them is right.
    pub answers: Vec<Answer>,
    pub split: Split,
}

/// A question with as much of its text as fits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// Index of the question in what was encoded.
    pub question: usize,
    pub ids: Vec<i32>,
    /// Where the text begins among the ids.
    pub context_from: usize,
    /// Where the second of a pair begins, for models that are told apart which text a token is of.
    pub second_from: Option<usize>,
    /// The place of each of the text's tokens in it, in Unicode code points.
    pub offsets: Vec<(usize, usize)>,
    /// Tokens with which the first answer starts and ends; both 0, the token in front of everything, where the
    /// window does not hold it whole.
    pub ends: (usize, usize),
}

impl Window {
    pub fn holds_the_answer(&self) -> bool {
        self.ends != (0, 0)
    }
}

/// How texts are cut.
#[derive(Debug, Clone, Copy)]
pub struct Cutting {
    pub max_length: usize,
    /// Tokens that neighbouring windows share.
    pub stride: usize,
}

/// The windows of all questions. A question that leaves no room for its text has none.
pub fn encode(
    questions: &[&Question],
    tokenizer: &Tokenizer,
    cutting: Cutting,
) -> Result<Vec<Window>, TokenizerError> {
    let mut found = Vec::new();
    for (index, question) in questions.iter().enumerate() {
        let frame = Frame::of(&question.question, tokenizer)?;
        let context = tokenizer.encode(&question.context)?;
        let answer = &question.answers[0];
        let place = (answer.start, answer.start + answer.text.chars().count());
        let around = frame.head.len() + frame.tail.len();
        for (from, to) in cuts(context.ids.len(), around, cutting) {
            found.push(window(index, &frame, &context, (from, to), place));
        }
    }
    Ok(found)
}

/// What stands before and behind every window's part of the text.
struct Frame {
    head: Vec<i32>,
    tail: Vec<i32>,
    is_pair: bool,
}

impl Frame {
    fn of(question: &str, tokenizer: &Tokenizer) -> Result<Self, TokenizerError> {
        if let Some(marks) = tokenizer.frame() {
            return Ok(Self {
                head: marks.around(tokenizer.ids(question)?.into_iter()),
                tail: vec![marks.sep],
                is_pair: true,
            });
        }
        let mut head: Vec<i32> = tokenizer.end_of_text().into_iter().collect();
        head.extend(tokenizer.ids(&format!("{question}\n"))?);
        Ok(Self {
            head,
            tail: Vec::new(),
            is_pair: false,
        })
    }
}

/// Which tokens of the text each window holds; `around` are those that are not the text's.
fn cuts(tokens: usize, around: usize, cutting: Cutting) -> Vec<(usize, usize)> {
    let room = cutting.max_length.saturating_sub(around);
    if room <= cutting.stride {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut from = 0;
    loop {
        let to = (from + room).min(tokens);
        found.push((from, to));
        if to == tokens {
            return found;
        }
        from += room - cutting.stride;
    }
}

fn window(
    question: usize,
    frame: &Frame,
    context: &Encoding,
    (from, to): (usize, usize),
    place: (usize, usize),
) -> Window {
    let offsets = context.offsets[from..to].to_vec();
    let context_from = frame.head.len();
    let ends = answer_tokens(&offsets, place)
        .map_or((0, 0), |(s, e)| (context_from + s, context_from + e));
    Window {
        question,
        ids: [&frame.head[..], &context.ids[from..to], &frame.tail].concat(),
        context_from,
        second_from: frame.is_pair.then_some(context_from),
        offsets,
        ends,
    }
}

/// The last token that begins at or before the answer, and the first that ends at or behind its end; none where
/// the answer reaches beyond the tokens.
fn answer_tokens(
    offsets: &[(usize, usize)],
    (start, end): (usize, usize),
) -> Option<(usize, usize)> {
    let (first, last) = (offsets.first()?, offsets.last()?);
    if first.0 > start || last.1 < end {
        return None;
    }
    let starts = offsets.iter().rposition(|token| token.0 <= start)?;
    let ends = offsets.iter().position(|token| token.1 >= end)?;
    Some((starts, ends))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_share_the_stride_and_reach_the_end() {
        let cutting = |max_length, stride| Cutting { max_length, stride };
        assert_eq!(cuts(10, 3, cutting(8, 2)), [(0, 5), (3, 8), (6, 10)]);
        assert_eq!(cuts(5, 3, cutting(8, 2)), [(0, 5)]);
        assert!(
            cuts(5, 6, cutting(8, 2)).is_empty(),
            "no room but the stride"
        );
        assert!(cuts(5, 9, cutting(8, 0)).is_empty());
    }

    #[test]
    fn an_answer_that_is_cut_is_nowhere() {
        let offsets = [(4, 8), (8, 12), (12, 20)];
        assert_eq!(answer_tokens(&offsets, (9, 12)), Some((1, 1)));
        assert_eq!(answer_tokens(&offsets, (5, 15)), Some((0, 2)));
        assert_eq!(answer_tokens(&offsets, (3, 8)), None);
        assert_eq!(answer_tokens(&offsets, (13, 21)), None);
    }
}
