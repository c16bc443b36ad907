//! Texts with labels, and what the model gets of them.

use serde::{Deserialize, Serialize};

use super::tokenizer::Tokenizer;
use crate::faults::TokenizerError;
use crate::protocol::Split;
use crate::settings::Seed;

/// One row of a labelled data set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelledText {
    pub text: String,
    /// Index into [`LabelledDataset::labels`].
    pub label: usize,
    pub split: Split,
    /// Why the row is hard (irony, …); empty where it is not marked.
    pub hard: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelledDataset {
    /// In numeric order where all are numbers, else in alphabetical order.
    pub labels: Vec<String>,
    pub rows: Vec<LabelledText>,
}

/// A text as token ids, cut to the run's length.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EncodedText {
    pub ids: Vec<i32>,
    pub label: usize,
    pub hard: String,
}

impl LabelledDataset {
    pub fn split(&self, split: Split) -> impl Iterator<Item = &LabelledText> {
        self.rows.iter().filter(move |row| row.split == split)
    }

    pub fn encode(
        &self,
        split: Split,
        tokenizer: &Tokenizer,
        max_length: usize,
    ) -> Result<Vec<EncodedText>, TokenizerError> {
        self.split(split)
            .map(|row| {
                let ids = tokenizer.text_ids(&row.text, max_length)?;
                Ok(EncodedText {
                    ids,
                    label: row.label,
                    hard: row.hard.clone(),
                })
            })
            .collect()
    }
}

/// Indices of `count` examples, fewer than there are, drawn by seed: of each label as many as can be.
pub fn drawn(labels: &[usize], count: usize, seed: u64) -> Vec<usize> {
    let mut groups = vec![Vec::new(); labels.iter().max().map_or(1, |most| most + 1)];
    for (index, label) in labels.iter().enumerate() {
        groups[*label].push(index);
    }
    let mut seed = Seed::new(seed).fork("sample");
    for group in &mut groups {
        seed.shuffle(group);
    }
    let mut out = Vec::with_capacity(count);
    while out.len() < count.min(labels.len()) {
        // There are more than `count` in all, so each round finds some.
        let taken = groups.iter_mut().filter_map(Vec::pop);
        out.extend(taken.take(count - out.len()));
    }
    out
}

/// Which texts make up each step: every epoch goes through all of them in an order of its own, a
/// function of the seed and the epoch alone. Texts of near lengths share a batch, so that little is padding.
pub struct BatchOrder {
    lengths: Vec<usize>,
    batch_size: usize,
    seed: Seed,
}

impl BatchOrder {
    pub fn new(texts: &[EncodedText], batch_size: usize, seed: u64) -> Self {
        Self::of_lengths(
            texts.iter().map(|t| t.ids.len()).collect(),
            batch_size,
            seed,
        )
    }

    pub fn of_lengths(lengths: Vec<usize>, batch_size: usize, seed: u64) -> Self {
        Self {
            lengths,
            batch_size,
            seed: Seed::new(seed).fork("batches"),
        }
    }

    pub fn steps_per_epoch(&self) -> usize {
        self.lengths.len().div_ceil(self.batch_size).max(1)
    }

    /// The batches of an epoch, as indices of texts.
    pub fn epoch(&self, epoch: usize) -> Vec<Vec<usize>> {
        const POOL_BATCHES: usize = 8;
        let mut seed = self.seed.fork(&format!("epoch {epoch}"));
        let mut order: Vec<usize> = (0..self.lengths.len()).collect();
        seed.shuffle(&mut order);
        let mut batches = Vec::new();
        for pool in order.chunks_mut(self.batch_size * POOL_BATCHES) {
            pool.sort_by_key(|i| self.lengths[*i]);
            batches.extend(pool.chunks(self.batch_size).map(<[usize]>::to_vec));
        }
        seed.shuffle(&mut batches);
        batches
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_has_each_label_alike() {
        let labels: Vec<usize> = (0..90).map(|i| usize::from(i % 3 == 0)).collect();
        let sample = drawn(&labels, 20, 1);
        assert_eq!(sample.len(), 20);
        assert_eq!(sample.iter().filter(|i| labels[**i] == 0).count(), 10);
        assert_ne!(sample, drawn(&labels, 20, 2));
        assert_eq!(drawn(&labels, 80, 1).len(), 80);
    }

    #[test]
    fn an_epoch_has_every_text_once_and_repeats_for_the_same_seed() {
        let texts: Vec<EncodedText> = (0..103)
            .map(|i| EncodedText {
                ids: vec![0; i % 17 + 1],
                label: 0,
                hard: String::new(),
            })
            .collect();
        let order = BatchOrder::new(&texts, 8, 3);
        let epoch = order.epoch(0);
        assert_eq!(epoch.len(), order.steps_per_epoch());
        let mut seen: Vec<usize> = epoch.iter().flatten().copied().collect();
        seen.sort_unstable();
        assert_eq!(seen, (0..103).collect::<Vec<_>>());
        assert_eq!(epoch, BatchOrder::new(&texts, 8, 3).epoch(0));
        assert_ne!(epoch, order.epoch(1));
    }
}
