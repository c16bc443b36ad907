//! What a model can do beside its task, measured in units of one batch: its loss on general text, or, where it says no
//! words, how many questions find their own passage.

use std::ops::Range;

use burn::module::Module;
use burn::prelude::*;
use serde::{Deserialize, Serialize};

use super::base::Base;
use super::perplexity::{TextScores, Window, decoder_of, score_hidden, score_windows, text_units};
use crate::data::batch::Batch;
use crate::data::language::Language;
use crate::data::passages::Passage;
use crate::data::reader::Texts;
use crate::data::stream::{stream, windows};
use crate::faults::{Fault, TokenizerError};
use crate::model::any::Model;
use crate::model::network::Network;
use crate::model::numbers;
use crate::model::parts::Pass;
use crate::protocol::{GeneralLoss, GeneralScore};
use crate::settings::Seed;

/// What was loaded to measure on; how depends on the model.
pub struct GeneralSource {
    pub name: String,
    pub texts: Texts,
    pub passages: Vec<Passage>,
}

/// The same as a model reads it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum General {
    /// For a decoder: one stream.
    Stream(Vec<i32>),
    /// For an encoder with a masked-word head: windows with hidden words, always the same.
    Hidden(Vec<Batch>),
    /// For an encoder without: texts to compare, passages first, as many questions behind them.
    Retrieval { rows: Vec<Vec<i32>>, pad: i32 },
}

/// Rows of hidden words, and texts, that go in together.
const ROWS: usize = 8;
/// Tokens of a window with hidden words.
const WINDOW: usize = 64;
/// Tokens of a passage or a question that count.
const PASSAGE: usize = 128;

impl General {
    /// As much of the source as `most_tokens`. `None` where nothing in it can be measured on this model.
    pub fn of(
        source: &GeneralSource,
        base: &Base,
        most_tokens: usize,
    ) -> Result<Option<Self>, TokenizerError> {
        let Some(language) = base.language() else {
            return Self::retrieval(source, base);
        };
        let mut ids = stream(&source.texts, &base.tokenizer)?;
        ids.truncate(most_tokens);
        if ids.len() < 2 {
            return Ok(None);
        }
        Ok(Some(match language {
            Language::NextToken => Self::Stream(ids),
            Language::HiddenTokens(masking) => {
                // Every word that is asked for stands behind [MASK], so that none is merely copied.
                let language = Language::HiddenTokens(masking.all_masked());
                let seed = Seed::new(1).fork("general");
                let rows = framed_windows(&ids, base, WINDOW.min(base.positions()));
                let batches = rows.chunks(ROWS).enumerate().map(|(index, rows)| {
                    language.batch(rows.to_vec(), seed.fork(&index.to_string()))
                });
                Self::Hidden(batches.collect())
            }
        }))
    }

    fn retrieval(source: &GeneralSource, base: &Base) -> Result<Option<Self>, TokenizerError> {
        if source.passages.is_empty() {
            return Ok(None);
        }
        let length = PASSAGE.min(base.positions());
        let texts = source.passages.iter().map(|p| &p.text);
        let texts = texts.chain(source.passages.iter().map(|p| &p.question));
        let rows = texts.map(|text| base.tokenizer.text_ids(text, length));
        Ok(Some(Self::Retrieval {
            rows: rows.collect::<Result<_, _>>()?,
            pad: base.pad(),
        }))
    }

    /// What is measured: tokens, or questions.
    pub fn size(&self) -> usize {
        match self {
            Self::Stream(ids) => ids.len() - 1,
            Self::Hidden(batches) => batches.iter().map(Batch::rows).sum(),
            Self::Retrieval { rows, .. } => rows.len() / 2,
        }
    }
}

/// Windows of running text as a BERT reads them, all of one length.
pub fn framed_windows(ids: &[i32], base: &Base, length: usize) -> Vec<Vec<i32>> {
    let room = length.saturating_sub(base.tokenizer.marks_a_text()).max(2);
    let framed = windows(ids, room).into_iter();
    framed
        .map(|row| base.tokenizer.framed(row, length))
        .collect()
}

/// What a unit came to.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Measured {
    Language(TextScores),
    /// Of the unit's rows, in their order.
    Vectors(Vec<Vec<f32>>),
}

/// A measurement under way.
pub struct Measuring {
    model: Model,
    units: Vec<Unit>,
    next: usize,
    language: TextScores,
    /// Mean-pooled and of length 1, by row.
    vectors: Vec<Vec<f32>>,
}

enum Unit {
    Windows(Vec<Window>),
    Batch(usize),
    /// Rows whose vectors are wanted; near lengths side by side.
    Rows(Vec<usize>),
}

impl Measuring {
    /// `model` is without autodiff; the words that it says are `base`'s where it has none itself.
    pub fn new(general: &General, model: Model, base: &Model) -> Result<Self, Fault> {
        let model = model.with_words_of(&base.valid());
        let units = match general {
            General::Stream(ids) => {
                let decoder = decoder_of(&model)?;
                let groups = text_units(decoder, ids.len(), decoder.positions())?;
                groups.into_iter().map(Unit::Windows).collect()
            }
            General::Hidden(batches) => (0..batches.len()).map(Unit::Batch).collect(),
            General::Retrieval { rows, .. } => {
                let mut order: Vec<usize> = (0..rows.len()).collect();
                order.sort_by_key(|i| rows[*i].len());
                let groups = order.chunks(ROWS).map(<[usize]>::to_vec);
                groups.map(Unit::Rows).collect()
            }
        };
        let rows = match general {
            General::Retrieval { rows, .. } => rows.len(),
            _ => 0,
        };
        Ok(Self {
            model,
            units,
            next: 0,
            language: TextScores::default(),
            vectors: vec![Vec::new(); rows],
        })
    }

    /// The units that are left, by number.
    pub fn left(&self) -> Range<usize> {
        self.next..self.units.len()
    }

    /// The next unit; whether all have been measured.
    pub async fn advance(&mut self, general: &General) -> Result<bool, Fault> {
        if !self.left().is_empty() {
            let measured = self.measure(general, self.next).await?;
            self.take(measured)?;
        }
        Ok(self.left().is_empty())
    }

    /// What the unit with this number comes to.
    pub async fn measure(&self, general: &General, unit: usize) -> Result<Measured, Fault> {
        match (self.units.get(unit), general) {
            (Some(Unit::Windows(group)), General::Stream(ids)) => {
                let model = decoder_of(&self.model)?;
                let found = score_windows(model, ids, group, false).await?;
                Ok(Measured::Language(found))
            }
            (Some(Unit::Batch(index)), General::Hidden(batches)) => {
                let found = score_hidden(&self.model, &batches[*index]).await?;
                Ok(Measured::Language(found))
            }
            (Some(Unit::Rows(indices)), General::Retrieval { rows, pad }) => {
                let texts = indices.iter().map(|i| &rows[*i][..]);
                let batch = Batch::padded(texts, Vec::new(), *pad);
                let found = sentence_vectors(&self.model, &batch).await?;
                Ok(Measured::Vectors(found))
            }
            _ => Err(Fault::internal("a measurement of another model")),
        }
    }

    /// Takes in what the next unit came to.
    pub fn take(&mut self, measured: Measured) -> Result<(), Fault> {
        match (self.units.get(self.next), measured) {
            (Some(Unit::Windows(_) | Unit::Batch(_)), Measured::Language(found)) => {
                self.language.add(found);
            }
            (Some(Unit::Rows(indices)), Measured::Vectors(found)) => {
                for (index, vector) in indices.iter().zip(found) {
                    self.vectors[*index] = vector;
                }
            }
            _ => return Err(Fault::internal("a measurement of another model")),
        }
        self.next += 1;
        Ok(())
    }

    pub fn finish(self) -> GeneralScore {
        if self.vectors.is_empty() {
            return GeneralScore::Language(GeneralLoss {
                tokens: self.language.loss.tokens,
                nats_per_token: self.language.loss.mean_nats(),
            });
        }
        let (passages, questions) = self.vectors.split_at(self.vectors.len() / 2);
        let found = questions.iter().enumerate();
        let found = found.filter(|(own, question)| nearest(question, passages) == Some(*own));
        GeneralScore::Retrieval {
            found: found.count(),
            of: questions.len(),
        }
    }
}

/// The mean of each text's hidden states, padding left out, brought to length 1: what sentence-transformers makes of a
/// model of this kind (Reimers & Gurevych 2019).
async fn sentence_vectors<M: Network>(model: &M, batch: &Batch) -> Result<Vec<Vec<f32>>, Fault> {
    let hidden = model.hidden(batch.tokens(), &mut Pass::default());
    let [rows, width] = hidden.dims();
    let (texts, seq) = (batch.rows(), rows / batch.rows().max(1));
    let real = |i: usize, t: usize| batch.mask.as_ref().is_none_or(|mask| mask[i][t]);
    let mut shares = Vec::with_capacity(rows);
    for i in 0..texts {
        let count = (0..seq).filter(|t| real(i, *t)).count().max(1) as f32;
        shares.extend((0..seq).map(|t| f32::from(u8::from(real(i, t))) / count));
    }
    let shares = TensorData::new(shares, [texts, seq, 1]);
    let shares = Tensor::<3>::from_data(shares, &hidden.device());
    let mean = (hidden.reshape([texts, seq, width]) * shares)
        .sum_dim(1)
        .reshape([texts, width]);
    let values = numbers::values("sentence vectors", mean).await?;
    Ok(values.chunks(width).map(unit_length).collect())
}

fn unit_length(vector: &[f32]) -> Vec<f32> {
    let length = vector.iter().map(|x| x * x).sum::<f32>().sqrt();
    vector.iter().map(|x| x / length).collect()
}

/// Which passage is likest by cosine; of equals the first, and none where the numbers are not finite.
fn nearest(question: &[f32], passages: &[Vec<f32>]) -> Option<usize> {
    let likeness =
        |passage: &[f32]| -> f32 { passage.iter().zip(question).map(|(a, b)| a * b).sum() };
    let mut best: Option<(usize, f32)> = None;
    for (index, passage) in passages.iter().enumerate() {
        let score = likeness(passage);
        if score.is_finite() && best.is_none_or(|(_, most)| score > most) {
            best = Some((index, score));
        }
    }
    best.map(|(index, _)| index)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_likest_passage_is_found_and_numbers_that_are_none_find_nothing() {
        let passages = [vec![1.0, 0.0], unit_length(&[1.0, 1.0])];
        assert_eq!(nearest(&[0.9, 0.1], &passages), Some(0));
        assert_eq!(nearest(&unit_length(&[2.0, 3.0]), &passages), Some(1));
        assert_eq!(nearest(&[f32::NAN, 0.0], &passages), None);
    }
}
