//! Asking the language model itself: which of two words would it rather say after the review?

use burn::prelude::*;

use super::base::{Base, decoder};
use super::run::device_error;
use crate::data::labelled::{LabelledDataset, LabelledText};
use crate::model::any::Model;
use crate::model::gpt2::Gpt2;
use crate::model::parts::{Pass, Tokens};
use crate::protocol::{EngineError, ErrorKind, PromptScores, Split};
use crate::settings::Seed;

/// Prompts scored together: about 200 ms on a CPU in the browser.
const ROWS: usize = 4;
/// Reviews whose tokens are counted together.
const COUNTED: usize = 64;
/// What stands between a review and the word that judges it.
const CUE: &str = "\nIt was";
/// The word for each label, in the order of the labels: negative, positive.
pub const WORDS: [&str; 2] = [" bad", " good"];

/// Scores up to `most` test reviews, each after `shots` solved ones from the training split. `breathe` ends each unit of
/// work.
pub async fn score_prompts(
    base: &Base,
    model: &Model,
    dataset: &LabelledDataset,
    (shots, most): (usize, usize),
    seed: u64,
    breathe: impl AsyncFn(),
) -> Result<PromptScores, EngineError> {
    let model = decoder(model, "be asked by a prompt")?;
    check_labels(dataset)?;
    let solved = solved_examples(base, dataset, (shots, seed), &breathe).await?;
    let words = word_ids(base)?;
    let tests: Vec<&LabelledText> = dataset.split(Split::Test).take(most).collect();
    let ask = |text: &str| format!("{solved}{text}{CUE}");
    let mut prompts: Vec<String> = tests.iter().map(|row| ask(&row.text)).collect();
    // No review at all: how the model leans by itself.
    prompts.push(ask(""));
    let mut rows = Vec::new();
    for prompt in &prompts {
        rows.push(base.prompt_ids(prompt)?);
    }
    let longest_tokens = rows.iter().map(Vec::len).max().unwrap_or(0);
    let room = base.positions() - model.transformer.virtual_tokens();
    for row in &mut rows {
        // What is nearest to the question stays.
        row.drain(..row.len().saturating_sub(room));
    }
    let mut leans = Vec::new();
    for part in rows.chunks(ROWS) {
        leans.extend(lean(model, part, words, base.pad()).await?);
        breathe().await;
    }
    let unasked = leans.pop().unwrap_or(0.0);
    Ok(PromptScores {
        shots,
        examples: tests.len(),
        accuracy: accuracy(&tests, &leans, 0.0),
        calibrated_accuracy: accuracy(&tests, &leans, unasked),
        prompt: prompts.swap_remove(0),
        longest_tokens,
        context: base.positions(),
    })
}

fn check_labels(dataset: &LabelledDataset) -> Result<(), EngineError> {
    let labels = dataset.labels.len();
    if labels == WORDS.len() {
        return Ok(());
    }
    Err(EngineError::new(
        ErrorKind::Data,
        format!("This asks for one of two words, but the data set has {labels} labels."),
    ))
}

/// The share of reviews that are given their label, where the second word is meant by what leans to it by more than
/// `from`.
fn accuracy(tests: &[&LabelledText], leans: &[f32], from: f32) -> f64 {
    let given = tests.iter().zip(leans);
    let right = given.filter(|(row, lean)| usize::from(**lean > from) == row.label);
    right.count() as f64 / tests.len().max(1) as f64
}

/// Short training reviews with their words, the labels in turn.
async fn solved_examples(
    base: &Base,
    dataset: &LabelledDataset,
    (shots, seed): (usize, u64),
    breathe: &impl AsyncFn(),
) -> Result<String, EngineError> {
    let mut rows = Vec::new();
    for row in dataset.split(Split::Train) {
        rows.push((base.prompt_ids(&row.text)?.len(), row));
        if rows.len().is_multiple_of(COUNTED) {
            breathe().await;
        }
    }
    // Out of the shortest, or the first prompt would be full.
    rows.sort_by_key(|(length, _)| *length);
    rows.truncate((rows.len() / 10).max(2 * shots));
    Seed::new(seed).fork("shots").shuffle(&mut rows);
    let mut out = String::new();
    for shot in 0..shots {
        let label = shot % WORDS.len();
        let nth = shot / WORDS.len();
        let found = rows.iter().filter(|(_, row)| row.label == label).nth(nth);
        if let Some((_, row)) = found {
            out += &format!("{}{CUE}{}.\n\n", row.text, WORDS[label]);
        }
    }
    Ok(out)
}

/// The first token of each word.
fn word_ids(base: &Base) -> Result<[i32; 2], EngineError> {
    let first = |word: &str| {
        let ids = base.prompt_ids(word)?;
        Ok::<i32, EngineError>(ids[0])
    };
    Ok([first(WORDS[0])?, first(WORDS[1])?])
}

/// How much rather the second word than the first, in nats, after each row.
async fn lean(
    model: &Gpt2,
    rows: &[Vec<i32>],
    [first, second]: [i32; 2],
    pad: i32,
) -> Result<Vec<f32>, EngineError> {
    let longest = rows.iter().map(Vec::len).max().unwrap_or(0);
    let lasts: Vec<i32> = rows
        .iter()
        .enumerate()
        .map(|(i, row)| (i * longest + row.len() - 1) as i32)
        .collect();
    // Padding behind the text is seen by no token of it.
    let padded: Vec<Vec<i32>> = rows
        .iter()
        .map(|row| {
            let mut row = row.clone();
            row.resize(longest, pad);
            row
        })
        .collect();
    let hidden = model
        .transformer
        .forward(Tokens::new(&padded), &mut Pass::default());
    let device = hidden.device();
    let indices = |values: Vec<i32>| {
        let count = values.len();
        Tensor::<1, Int>::from_data(TensorData::new(values, [count]), &device)
    };
    let hidden = hidden.select(0, indices(lasts));
    let words = model.transformer.wte.weight.val();
    let words = words.select(0, indices(vec![second, first]));
    let logits = hidden.matmul(words.transpose());
    let data = logits.into_data_async().await;
    let data = data.map_err(|e| device_error(format!("{e:?}")))?;
    let values = data.try_to_vec::<f32>();
    let values = values.map_err(|e| device_error(format!("{e:?}")))?;
    Ok(values.chunks(2).map(|pair| pair[0] - pair[1]).collect())
}
