//! Asking the language model itself: which label's word would it rather say after the text?

use super::base::{Base, decoder};
use super::run::device_error;
use crate::data::labelled::{LabelledDataset, LabelledText};
use crate::faults::{DecoderWish, TextError};
use crate::model::any::Model;
use crate::model::gpt2::Gpt2;
use crate::model::numbers;
use crate::model::parts::{Pass, Tokens, select_rows};
use crate::protocol::{EngineError, ErrorKind, PromptScores, Split};
use crate::settings::Seed;

/// Prompts scored together: about 200 ms on a CPU in the browser.
const ROWS: usize = 4;
/// Reviews whose tokens are counted together.
const COUNTED: usize = 64;
/// What is asked behind a text, and the word that each label answers with.
struct Question {
    cue: &'static str,
    /// In the order of the labels, each with the space before it.
    words: Vec<String>,
}

/// Labels by whose names nobody judges a text; what people say instead.
const VERDICTS: ([&str; 2], [&str; 2]) = (["negative", "positive"], [" bad", " good"]);

impl Question {
    fn about(labels: &[String]) -> Self {
        let (names, said) = VERDICTS;
        match labels == names {
            true => Self {
                cue: "\nIt was",
                words: said.map(str::to_owned).to_vec(),
            },
            false => Self {
                cue: "\nLabel:",
                words: labels.iter().map(|label| format!(" {label}")).collect(),
            },
        }
    }

    /// The first token of each word.
    fn ids(&self, base: &Base) -> Result<Vec<i32>, EngineError> {
        let mut ids = Vec::with_capacity(self.words.len());
        for word in &self.words {
            let id = base.prompt_ids(word)?[0];
            if let Some(other) = ids.iter().position(|known| *known == id) {
                let [first, second] =
                    [&self.words[other], word].map(|word| word.trim_start().to_owned());
                return Err(EngineError::new(
                    ErrorKind::Data,
                    TextError::SameToken { first, second },
                ));
            }
            ids.push(id);
        }
        Ok(ids)
    }
}

/// Asks about up to `most` texts of a split, each after `shots` solved ones from the training split. `breathe` ends each
/// unit of work.
pub async fn score_prompts(
    base: &Base,
    model: &Model,
    dataset: &LabelledDataset,
    asked: Asked,
    breathe: impl AsyncFn(),
) -> Result<PromptScores, EngineError> {
    let model = decoder(model, DecoderWish::BePrompted)?;
    let question = Question::about(&dataset.labels);
    let words = question.ids(base)?;
    let solved = solved_examples(base, dataset, &question, asked, &breathe).await?;
    let rows: Vec<&LabelledText> = dataset.split(asked.split).take(asked.most).collect();
    let ask = |text: &str| format!("{solved}{text}{}", question.cue);
    let mut prompts: Vec<String> = rows.iter().map(|row| ask(&row.text)).collect();
    // No text at all: how the model leans by itself.
    prompts.push(ask(""));
    let room = base.positions() - model.transformer.virtual_tokens();
    let (ids, longest_tokens) = cut(base, &prompts, room)?;
    let mut said = Vec::new();
    for part in ids.chunks(ROWS) {
        said.extend(logits(model, part, &words, base.pad()).await?);
        breathe().await;
    }
    let unasked = said.pop().unwrap_or_default();
    Ok(PromptScores {
        shots: asked.shots,
        split: asked.split,
        examples: rows.len(),
        accuracy: accuracy(&rows, &said, &vec![0.0; words.len()]),
        calibrated_accuracy: accuracy(&rows, &said, &unasked),
        words: question.words,
        prompt: prompts.swap_remove(0),
        longest_tokens,
        context: base.positions(),
    })
}

/// The tokens of prompts, cut to what there is room for, and how many the longest had.
fn cut(
    base: &Base,
    prompts: &[String],
    room: usize,
) -> Result<(Vec<Vec<i32>>, usize), EngineError> {
    let mut longest_tokens = 0;
    let mut ids = Vec::with_capacity(prompts.len());
    for prompt in prompts {
        let mut row = base.prompt_ids(prompt)?;
        longest_tokens = longest_tokens.max(row.len());
        // What is nearest to the question stays.
        row.drain(..row.len().saturating_sub(room));
        ids.push(row);
    }
    Ok((ids, longest_tokens))
}

/// What is asked about, and how.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    pub split: Split,
    pub shots: usize,
    pub most: usize,
    pub seed: u64,
}

/// The share of texts that are given their label: the one whose word is likeliest, its start in `from` taken off.
fn accuracy(rows: &[&LabelledText], said: &[Vec<f32>], from: &[f32]) -> f64 {
    let given = rows.iter().zip(said);
    let right = given.filter(|(row, logits)| {
        let above: Vec<f32> = logits.iter().zip(from).map(|(l, f)| l - f).collect();
        likeliest(&above) == row.label
    });
    right.count() as f64 / rows.len().max(1) as f64
}

/// Of equals the first.
fn likeliest(values: &[f32]) -> usize {
    let mut best = 0;
    for (place, value) in values.iter().enumerate() {
        if *value > values[best] {
            best = place;
        }
    }
    best
}

/// Short training texts with their words, the labels in turn.
async fn solved_examples(
    base: &Base,
    dataset: &LabelledDataset,
    question: &Question,
    Asked { shots, seed, .. }: Asked,
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
        let label = shot % question.words.len();
        let nth = shot / question.words.len();
        let found = rows.iter().filter(|(_, row)| row.label == label).nth(nth);
        if let Some((_, row)) = found {
            let (cue, word) = (question.cue, &question.words[label]);
            out += &format!("{}{cue}{word}.\n\n", row.text);
        }
    }
    Ok(out)
}

/// The logit of each word after each row: `rows × words`.
async fn logits(
    model: &Gpt2,
    rows: &[Vec<i32>],
    words: &[i32],
    pad: i32,
) -> Result<Vec<Vec<f32>>, EngineError> {
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
    let mut pass = Pass::asking(lasts);
    let hidden = model.transformer.forward(Tokens::new(&padded), &mut pass);
    let head = select_rows(model.transformer.wte.weight.val(), words);
    let logits = hidden.matmul(head.transpose());
    let values = numbers::values("logits", logits).await;
    let values = values.map_err(device_error)?;
    Ok(values.chunks(words.len()).map(<[f32]>::to_vec).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_answer_by_their_names_and_verdicts_by_what_people_say() {
        let labels = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>();
        let verdict = Question::about(&labels(&["negative", "positive"]));
        assert_eq!(
            (verdict.cue, &verdict.words[..]),
            ("\nIt was", &[" bad".to_owned(), " good".to_owned()][..])
        );
        let topic = Question::about(&labels(&["sport", "food", "travel"]));
        assert_eq!((topic.cue, &topic.words[2][..]), ("\nLabel:", " travel"));
    }

    #[test]
    fn the_likeliest_word_answers_once_its_start_is_taken_off() {
        let text = |label| LabelledText {
            text: String::new(),
            label,
            split: Split::Test,
            hard: String::new(),
        };
        let (first, second) = (text(0), text(2));
        let said = [vec![1.0, 0.0, 3.0], vec![0.0, 1.0, 3.0]];
        let rows = [&first, &second];
        assert_eq!(accuracy(&rows, &said, &[0.0; 3]), 0.5);
        assert_eq!(accuracy(&rows, &said, &[0.0, 0.0, 2.5]), 0.5);
        assert_eq!(likeliest(&[1.0, 1.0]), 0);
    }
}
