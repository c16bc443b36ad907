//! Question answering: where in a text the answer stands.

use std::path::Path;

use super::{Opened, Opening};
use crate::cli::data::{data_bytes, file_name};
use crate::cli::error::CliError;
use crate::data::dataset::Dataset;
use crate::data::questions::Question;
use crate::data::reader::read_questions;
use crate::engine::examples::Encoding;
use crate::protocol::Split;

/// How texts are cut and answers chosen, named as in transformers' example.
#[derive(Debug, Clone, Copy, clap::Args)]
pub struct AnswerArguments {
    /// Question answering: tokens that neighbouring windows over a long text share; a third of --max-length if not given.
    #[arg(long)]
    pub doc_stride: Option<usize>,
    /// Question answering: tokens of the longest answer that is considered.
    #[arg(long, default_value_t = 30)]
    pub max_answer_length: usize,
}

pub fn open(opening: &Opening, arguments: AnswerArguments) -> Result<Opened, CliError> {
    let stride = arguments.doc_stride.unwrap_or(opening.length / 3);
    let longest = arguments.max_answer_length;
    if stride >= opening.length || longest == 0 {
        return Err(CliError::new(format!(
            "--doc-stride is {stride} and --max-answer-length {longest}; the first must be below --max-length ({}), the second at least 1",
            opening.length
        )));
    }
    let data = read(opening.data, opening.whole())?;
    let eval = opening.eval.map(|path| read(path, Some(Split::Test)));
    let questions = opening.merged(data, eval.transpose()?, |question| &mut question.split);
    let encoding = Encoding {
        doc_stride: stride,
        longest_answer: longest,
        ..opening.encoding()
    };
    Ok(Opened {
        examples: encoding.examples(Dataset::Questions(questions))?,
        head_fits: true,
    })
}

fn read(path: &Path, whole: Option<Split>) -> Result<Vec<Question>, CliError> {
    Ok(read_questions(&file_name(path), &data_bytes(path)?, whole)?)
}
