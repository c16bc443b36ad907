//! Question answering: where in a text the answer stands.

use std::path::Path;

use burn::module::Module;
use serde_json::{Value, json};

use super::{Examples, Opening, Splits};
use crate::cli::block_on;
use crate::cli::choices::RunnableTask;
use crate::cli::data::file_name;
use crate::cli::error::CliError;
use crate::cli::files::read_bytes;
use crate::cli::scoring::answer_metrics;
use crate::data::batch::Batch;
use crate::data::questions::{Cutting, Question, Window, encode};
use crate::data::reader::read_questions;
use crate::engine::evaluate::answers::{answer_batch, answers, scores};
use crate::engine::evaluate::by_length;
use crate::model::gpt2::Gpt2;
use crate::protocol::Split;
use crate::settings::Seed;
use crate::train::{Objective, plan};

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

pub struct AnswerExamples {
    questions: Vec<Question>,
    windows: Splits<Window>,
    pad: i32,
    longest: usize,
}

impl AnswerExamples {
    pub fn open(opening: &Opening, arguments: AnswerArguments) -> Result<Self, CliError> {
        let cutting = Cutting {
            max_length: opening.length,
            stride: arguments.doc_stride.unwrap_or(opening.length / 3),
        };
        if cutting.stride >= cutting.max_length || arguments.max_answer_length == 0 {
            return Err(CliError::new(format!(
                "--doc-stride is {} and --max-answer-length {}; the first must be below --max-length ({}), the second at least 1",
                cutting.stride, arguments.max_answer_length, cutting.max_length
            )));
        }
        let data = read(opening.data, opening.whole())?;
        let eval = opening.eval.map(|path| read(path, Some(Split::Test)));
        let questions = opening.merged(data, eval.transpose()?, |question| &mut question.split);
        let tokenizer = &opening.base.tokenizer;
        let windows = |split| Ok(encode(&of(&questions, split), tokenizer, cutting)?);
        Ok(Self {
            windows: Splits::collect(windows)?,
            questions,
            pad: opening.base.pad(),
            longest: arguments.max_answer_length,
        })
    }
}

fn read(path: &Path, whole: Option<Split>) -> Result<Vec<Question>, CliError> {
    Ok(read_questions(&file_name(path), &read_bytes(path)?, whole)?)
}

fn of(questions: &[Question], split: Split) -> Vec<&Question> {
    questions.iter().filter(|q| q.split == split).collect()
}

impl Examples for AnswerExamples {
    fn task(&self) -> RunnableTask {
        RunnableTask::QuestionAnswering
    }

    fn labels(&self) -> Option<&[String]> {
        None
    }

    fn objective(&self) -> Objective {
        Objective::QuestionAnswering
    }

    fn with_head(&self, model: Gpt2, seed: &Seed) -> Gpt2 {
        let own = model.qa_outputs.clone().filter(|head| head.outputs() == 2);
        let head = own.unwrap_or_else(|| plan::fresh_head(&model, "qa_outputs", 2, seed));
        model.without_heads().with_head("qa_outputs", head)
    }

    fn lengths(&self) -> Vec<usize> {
        self.windows.train().iter().map(|w| w.ids.len()).collect()
    }

    fn batch(&self, indices: &[usize]) -> Batch {
        let windows = indices.iter().map(|i| &self.windows.train()[*i]);
        let ends = windows
            .clone()
            .map(|w| vec![w.ends.0 as i32, w.ends.1 as i32]);
        Batch::padded(
            windows.clone().map(|w| &w.ids[..]),
            ends.collect(),
            self.pad,
        )
    }

    fn score(&self, model: &Gpt2, split: Split) -> Result<Option<Value>, CliError> {
        let questions = of(&self.questions, split);
        if questions.is_empty() {
            return Ok(None);
        }
        let windows = self.windows.filled(split).unwrap_or_default();
        let model = model.valid();
        let mut found = Vec::with_capacity(windows.len());
        for indices in by_length(windows.iter().map(|w| w.ids.len())) {
            let batch = answer_batch(&model, windows, &indices, self.pad, self.longest);
            found.extend(block_on(batch)?);
        }
        let scores = scores(&answers(&questions, windows, &found), &found);
        let mut metrics = answer_metrics(&scores);
        metrics["cut_questions"] = json!(cut(questions.len(), windows));
        Ok(Some(metrics))
    }

    fn balanced(&self) -> Result<Vec<f32>, CliError> {
        Err(CliError::new(
            "--class-weights balanced: the classes of question answering are places in a text, which have no frequency to balance; leave it at none",
        ))
    }
}

/// Questions whose answer no window holds whole.
fn cut(questions: usize, windows: &[Window]) -> usize {
    let mut held = vec![false; questions];
    for window in windows.iter().filter(|window| window.holds_the_answer()) {
        held[window.question] = true;
    }
    held.iter().filter(|held| !**held).count()
}
