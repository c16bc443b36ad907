//! Token ids, masks and labels as the reference files write them.

use serde::{Deserialize, Deserializer};

use super::error::wrong;
use super::set::Set;
use crate::data::batch::Batch;
use crate::faults::Fault;
use crate::model::gpt2::Gpt2Config;
use crate::model::parts::Tokens;

/// What a model is called with.
#[derive(Debug, Clone, Deserialize)]
pub struct Input {
    pub input_ids: Vec<Vec<i32>>,
    #[serde(default, deserialize_with = "zeros_and_ones")]
    pub attention_mask: Option<Vec<Vec<bool>>>,
    #[serde(default)]
    pub position_ids: Option<Vec<Vec<i32>>>,
    /// BERT's: which of two texts a token belongs to.
    #[serde(default)]
    pub token_type_ids: Option<Vec<Vec<i32>>>,
    /// In batches for training.
    #[serde(default)]
    labels: Option<Labels>,
}

/// A label for every token, or one for every text.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Labels {
    Tokens(Vec<Vec<i32>>),
    Texts(Vec<i32>),
}

impl Labels {
    pub fn rows(self) -> Vec<Vec<i32>> {
        match self {
            Self::Tokens(rows) => rows,
            Self::Texts(labels) => labels.into_iter().map(|label| vec![label]).collect(),
        }
    }
}

impl Input {
    /// Plain ids, nothing padded.
    pub fn of(input_ids: Vec<Vec<i32>>) -> Self {
        Self {
            input_ids,
            attention_mask: None,
            position_ids: None,
            token_type_ids: None,
            labels: None,
        }
    }

    pub fn tokens(&self) -> Tokens<'_> {
        Tokens {
            ids: &self.input_ids,
            attention_mask: self.attention_mask.as_deref(),
            position_ids: self.position_ids.as_deref(),
            token_type_ids: None,
        }
    }

    pub fn batch(&self, labels: Vec<Vec<i32>>) -> Batch {
        Batch {
            ids: self.input_ids.clone(),
            mask: self.attention_mask.clone(),
            labels,
            segments: self.token_type_ids.clone(),
        }
    }

    /// Whether what the model gives for this token means anything: what comes out of padding on the left
    /// differs between versions of the reference itself.
    pub fn is_defined(&self, row: usize, token: usize) -> bool {
        let mask = self.attention_mask.as_ref().map(|mask| &mask[row]);
        mask.is_none_or(|mask| mask[token] || mask[0])
    }

    /// Refuses ids and masks that the model would trip over.
    pub fn check(&self, path: &str, config: &Gpt2Config) -> Result<(), Fault> {
        self.check_within(path, config.n_positions, config.vocab_size)
    }

    /// The same for any model of so many positions and words.
    pub fn check_within(
        &self,
        path: &str,
        positions: usize,
        vocabulary: usize,
    ) -> Result<(), Fault> {
        match self.problem(positions, vocabulary) {
            Some(reason) => Err(wrong(path, reason)),
            None => Ok(()),
        }
    }

    /// What a model of so many positions and words would trip over.
    fn problem(&self, positions: usize, vocabulary: usize) -> Option<String> {
        let width = self.input_ids.first().map_or(0, Vec::len);
        if width == 0 || width > positions {
            return Some(format!(
                "rows of {width} tokens, but the model takes 1 to {positions}"
            ));
        }
        if !self.is_of_one_shape(width) {
            return Some("ids, attention mask and position ids differ in shape".to_owned());
        }
        let ids = self.input_ids.iter().flatten();
        if let Some(id) = first_beyond(ids, vocabulary) {
            return Some(format!(
                "token id {id}, but the vocabulary has {vocabulary}"
            ));
        }
        let places = self.position_ids.iter().flatten().flatten();
        let place = first_beyond(places, positions);
        place.map(|place| format!("position {place}, but the model has {positions}"))
    }

    /// Whether ids, mask and positions, where they are given, all have as many rows of this width.
    fn is_of_one_shape(&self, width: usize) -> bool {
        let shape = (self.input_ids.len(), width);
        let masks = self.attention_mask.as_deref();
        let places = self.position_ids.as_deref();
        is_shaped(&self.input_ids, shape)
            && masks.is_none_or(|rows| is_shaped(rows, shape))
            && places.is_none_or(|rows| is_shaped(rows, shape))
    }
}

fn is_shaped<T>(rows: &[Vec<T>], (count, width): (usize, usize)) -> bool {
    rows.len() == count && rows.iter().all(|row| row.len() == width)
}

/// The first that is not from 0 to below `end`.
fn first_beyond<'a>(mut ids: impl Iterator<Item = &'a i32>, end: usize) -> Option<&'a i32> {
    ids.find(|id| !(0..end as i32).contains(*id))
}

impl Input {
    /// As a batch for training, with the labels that the file gives.
    pub fn labelled(self, path: &str) -> Result<Batch, Fault> {
        match self.labels.clone() {
            Some(labels) => Ok(self.batch(labels.rows())),
            None => Err(wrong(path, "a batch has no labels")),
        }
    }
}

/// The batches of a set's trajectories.
pub fn batches(set: &Set, file: &str) -> Result<Vec<Batch>, Fault> {
    let path = set.path(file);
    let inputs: Vec<Input> = set.json(file)?;
    let inputs = inputs.into_iter();
    inputs
        .map(|input| labelled(input, &path, &set.config))
        .collect()
}

/// An input that brings its labels.
pub fn labelled(input: Input, path: &str, config: &Gpt2Config) -> Result<Batch, Fault> {
    input.check(path, config)?;
    input.labelled(path)
}

fn zeros_and_ones<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Vec<Vec<bool>>>, D::Error> {
    let rows = Option::<Vec<Vec<u8>>>::deserialize(deserializer)?;
    Ok(rows.map(|rows| {
        let row = |row: Vec<u8>| row.into_iter().map(|bit| bit != 0).collect();
        rows.into_iter().map(row).collect()
    }))
}
