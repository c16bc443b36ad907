//! How well a BERT finds hidden tokens.

use burn::prelude::*;

use crate::data::batch::Batch;
use crate::data::masking::Masking;
use crate::model::bert::Bert;
use crate::model::parts::Pass;
use crate::settings::Seed;
use crate::train::loss::{labelled_rows, nll, select_rows};

/// Hidden tokens of some texts, and how many were found.
#[derive(Default)]
pub struct Found {
    pub asked: usize,
    right: usize,
    /// How often the commonest token is the right one.
    commonest: usize,
    nats: f64,
}

impl Found {
    /// Tokens of `texts` (between their marks) hidden as `masking` has it, but every one behind `[MASK]`.
    pub fn of(
        model: &Bert,
        texts: &[Vec<i32>],
        masking: Masking,
        seed: &Seed,
        commonest: i32,
    ) -> Self {
        const ROWS: usize = 16;
        let masking = Masking {
            masked_share: 1.0,
            ..masking
        };
        let mut found = Self::default();
        for (index, rows) in texts.chunks(ROWS).enumerate() {
            let seed = seed.fork(&format!("valid {index}"));
            found.add(model, &masking.hide(rows.to_vec(), None, seed), commonest);
        }
        found
    }

    fn add(&mut self, model: &Bert, batch: &Batch, commonest: i32) {
        let (rows, words) = labelled_rows(&batch.labels);
        let mut pass = Pass::default();
        let hidden = select_rows(model.bert.forward(batch.tokens(), &mut pass), rows);
        let Some(logits) = model.words_at(hidden, &mut pass) else {
            return;
        };
        let numbers = |x: Tensor<2>| x.into_data().try_to_vec::<f32>().unwrap_or_default();
        let [_, width] = logits.dims();
        self.nats += numbers(nll(logits.clone(), &words))
            .into_iter()
            .map(f64::from)
            .sum::<f64>();
        for (row, word) in numbers(logits).chunks(width).zip(&words) {
            self.asked += 1;
            let score = row[*word as usize];
            let is_best = row.iter().all(|other| *other <= score);
            self.right += usize::from(is_best);
            self.commonest += usize::from(*word == commonest);
        }
    }

    fn share(&self, of: usize) -> f64 {
        of as f64 / self.asked.max(1) as f64
    }

    pub fn accuracy(&self) -> f64 {
        self.share(self.right)
    }

    pub fn of_commonest(&self) -> f64 {
        self.share(self.commonest)
    }

    pub fn mean_nats(&self) -> f64 {
        self.nats / self.asked.max(1) as f64
    }
}

/// The token that there is most of; of equals, the one with the lowest id.
pub fn commonest(ids: impl Iterator<Item = i32>) -> i32 {
    let mut counts = std::collections::BTreeMap::new();
    for id in ids {
        *counts.entry(id).or_insert(0usize) += 1;
    }
    let most = counts
        .iter()
        .max_by_key(|(id, count)| (**count, std::cmp::Reverse(**id)));
    most.map_or(0, |(id, _)| *id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_commonest_is_the_first_of_equals() {
        assert_eq!(commonest([7, 3, 3, 7, 1].into_iter()), 3);
    }
}
