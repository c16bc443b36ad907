//! How well a BERT finds hidden tokens.

use burn::prelude::*;

use super::pairs::{self, Row};
use crate::data::batch::Batch;
use crate::data::masking::Masking;
use crate::model::bert::Bert;
use crate::model::network::Network;
use crate::model::parts::Pass;
use crate::settings::Seed;
use crate::train::loss::{hidden_and_next, labelled_rows, nll, select_rows};

/// Hidden tokens of some rows, and how many were found; and of rows of two texts, how many second ones were known for
/// what they are.
#[derive(Default)]
pub struct Found {
    pub asked: usize,
    right: usize,
    /// How often the commonest token is the right one.
    commonest: usize,
    nats: f64,
    pairs: usize,
    known: usize,
}

impl Found {
    /// Tokens of `rows` hidden as `masking` has it, but every one behind `[MASK]`.
    pub fn of(model: &Bert, rows: &[Row], masking: Masking, seed: &Seed, commonest: i32) -> Self {
        const ROWS: usize = 16;
        let masking = masking.all_masked();
        let mut found = Self::default();
        for (index, rows) in rows.chunks(ROWS).enumerate() {
            let seed = seed.fork(&format!("valid {index}"));
            let mut batch = pairs::hide(rows, masking, seed);
            let has_pairs = rows.iter().any(|row| row.second.is_some());
            // What stands at `[CLS]` is of the second text; only words are left in the batch.
            let next = has_pairs.then(|| {
                let (words, next) = hidden_and_next(&batch.labels);
                batch.labels = words;
                next
            });
            let mut pass = Pass::default();
            let hidden = model.bert.forward(batch.tokens(), &mut pass);
            if let Some(next) = next {
                found.add_next(model, hidden.clone(), &next, &mut pass);
            }
            found.add_words(model, hidden, &batch, &mut pass, commonest);
        }
        found
    }

    /// `hidden: [batch · seq, hidden]`
    fn add_words(
        &mut self,
        model: &Bert,
        hidden: Tensor<2>,
        batch: &Batch,
        pass: &mut Pass,
        commonest: i32,
    ) {
        let (rows, words) = labelled_rows(&batch.labels);
        let Some(logits) = model.words_at(select_rows(hidden, &rows), pass) else {
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

    /// `hidden: [batch · seq, hidden]`, `next: [batch]`; nothing where the model has no such head any more.
    fn add_next(&mut self, model: &Bert, hidden: Tensor<2>, next: &[i32], pass: &mut Pass) {
        let Some(logits) = model.next_logits(hidden, next.len(), pass) else {
            return;
        };
        let logits: Vec<f32> = logits.into_data().try_to_vec().unwrap_or_default();
        for (pair, label) in logits.chunks(2).zip(next) {
            self.pairs += 1;
            self.known += usize::from((pair[1] > pair[0]) == (*label == 1));
        }
    }

    /// Of second texts, known to follow or to be strangers; none where rows have one text.
    pub fn next_accuracy(&self) -> Option<f64> {
        (self.pairs > 0).then(|| self.known as f64 / self.pairs as f64)
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
