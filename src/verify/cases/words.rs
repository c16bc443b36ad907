//! Words that are given one by one, and windows over texts that are too long.

use serde::Deserialize;

use crate::data::questions::{Answer, Cutting, Question, Window, encode};
use crate::data::tokenizer::Tokenizer;
use crate::faults::TokenizerError;
use crate::protocol::Split;
use crate::verify::harness::CaseResult;
use crate::verify::harness::comparison::Comparison;
use crate::verify::harness::error::in_file;
use crate::verify::harness::finding::Reporter;
use crate::verify::harness::library::Library;
use crate::verify::harness::tolerance::EXACT;

/// `words.json`.
#[derive(Deserialize)]
struct Words {
    words: Vec<Sentence>,
    windows: Vec<Cut>,
}

#[derive(Deserialize)]
struct Sentence {
    words: Vec<String>,
    ids: Vec<i32>,
    word_ids: Vec<usize>,
}

/// A question with its text, and the windows made of them.
#[derive(Deserialize)]
struct Cut {
    question: String,
    context: String,
    answer: String,
    answer_start: usize,
    max_length: usize,
    stride: usize,
    windows: Vec<ExpectedWindow>,
}

#[derive(Deserialize)]
struct ExpectedWindow {
    ids: Vec<i32>,
    start: usize,
    end: usize,
    context_from: usize,
    offsets: Vec<(usize, usize)>,
}

pub fn run(
    library: &Library,
    path: &str,
    tokenizer: &Tokenizer,
    reporter: &mut Reporter,
) -> CaseResult {
    let cases: Words = library.json(path)?;
    let failed = |e: TokenizerError| in_file(path, e);
    let quantity = format!("ids of {} sentences given as words", cases.words.len());
    let mut comparison = Comparison::new(path, &quantity, EXACT);
    for case in &cases.words {
        let ours = tokenizer.encode_words(&case.words).map_err(failed)?;
        let expected = (case.ids.clone(), case.word_ids.clone());
        comparison.equal(&format!("{:?}", case.words), &ours, &expected);
    }
    reporter.quantity(comparison.finish());

    let quantity = format!(
        "windows over {} texts and their answers",
        cases.windows.len()
    );
    let mut comparison = Comparison::new(path, &quantity, EXACT);
    for cut in &cases.windows {
        let ours = cut.ours(tokenizer).map_err(failed)?;
        comparison.equal(&cut.question, &ours, &cut.expected());
    }
    reporter.quantity(comparison.finish());
    Ok(())
}

impl Cut {
    fn ours(&self, tokenizer: &Tokenizer) -> Result<Vec<Window>, TokenizerError> {
        let question = Question {
            question: self.question.clone(),
            context: self.context.clone(),
            answers: vec![Answer {
                text: self.answer.clone(),
                start: self.answer_start,
            }],
            split: Split::Test,
        };
        let cutting = Cutting {
            max_length: self.max_length,
            stride: self.stride,
        };
        encode(&[&question], tokenizer, cutting)
    }

    fn expected(&self) -> Vec<Window> {
        let windows = self.windows.iter().map(|window| Window {
            question: 0,
            ids: window.ids.clone(),
            context_from: window.context_from,
            second_from: None,
            offsets: window.offsets.clone(),
            ends: (window.start, window.end),
        });
        windows.collect()
    }
}
