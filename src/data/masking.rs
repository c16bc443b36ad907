//! Words hidden for a masked language model to find (Devlin et al. 2019).

use super::batch::Batch;
use crate::settings::Seed;

/// The label that `transformers` ignores.
const IGNORED: i32 = -100;

/// Which words are hidden, and behind what.
#[derive(Debug, Clone, Copy)]
pub struct Masking {
    /// Chance of every word to be one that must be found.
    pub probability: f64,
    /// Of those, the share shown as `[MASK]`; half of the others become a random word, half stay.
    pub masked_share: f64,
    /// The id of `[MASK]`.
    pub mask: i32,
    /// Ids below are words; those from here on are marks, never hidden and never drawn.
    pub words: i32,
}

impl Masking {
    /// The rows with words hidden. `seed` decides which; at least one word of the batch is.
    pub fn hide(&self, ids: Vec<Vec<i32>>, mask: Option<Vec<Vec<bool>>>, mut seed: Seed) -> Batch {
        let originals = ids;
        let mut ids = originals.clone();
        let mut labels: Vec<Vec<i32>> = ids.iter().map(|row| vec![IGNORED; row.len()]).collect();
        let words: Vec<(usize, usize)> = places(&originals)
            .filter(|(row, at)| originals[*row][*at] < self.words)
            .collect();
        let mut chosen: Vec<(usize, usize)> = words
            .iter()
            .filter(|_| seed.uniform() < self.probability)
            .copied()
            .collect();
        if chosen.is_empty() && !words.is_empty() {
            chosen.push(words[seed.below(words.len())]);
        }
        for (row, at) in chosen {
            labels[row][at] = originals[row][at];
            ids[row][at] = self.shown(originals[row][at], &mut seed);
        }
        Batch { ids, mask, labels }
    }

    fn shown(&self, word: i32, seed: &mut Seed) -> i32 {
        let draw = seed.uniform();
        if draw < self.masked_share {
            self.mask
        } else if draw < (1.0 + self.masked_share) / 2.0 {
            seed.below(self.words as usize) as i32
        } else {
            word
        }
    }
}

fn places(ids: &[Vec<i32>]) -> impl Iterator<Item = (usize, usize)> {
    let rows = ids.iter().enumerate();
    rows.flat_map(|(row, ids)| (0..ids.len()).map(move |at| (row, at)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MASKING: Masking = Masking {
        probability: 0.15,
        masked_share: 0.8,
        mask: 1002,
        words: 1000,
    };

    #[test]
    fn fifteen_in_a_hundred_words_are_hidden_eighty_ten_ten() {
        let row: Vec<i32> = (0..50_000).map(|i| i % 1000).collect();
        let batch = MASKING.hide(vec![row.clone()], None, Seed::new(3));
        let hidden = batch.labels[0].iter().filter(|label| **label != IGNORED);
        let hidden = hidden.count() as f64;
        assert!((hidden / 50_000.0 - 0.15).abs() < 0.01, "{hidden}");
        let (mut masked, mut kept) = (0.0, 0.0);
        for (at, label) in batch.labels[0].iter().enumerate() {
            if *label == IGNORED {
                assert_eq!(
                    batch.ids[0][at], row[at],
                    "a word that is not asked for stays"
                );
                continue;
            }
            assert_eq!(*label, row[at]);
            masked += f64::from(batch.ids[0][at] == MASKING.mask);
            kept += f64::from(batch.ids[0][at] == row[at]);
        }
        assert!((masked / hidden - 0.8).abs() < 0.02, "{masked} of {hidden}");
        assert!((kept / hidden - 0.1).abs() < 0.02, "{kept} of {hidden}");
    }

    #[test]
    fn marks_are_never_hidden_and_something_always_is() {
        for seed in 0..50 {
            let batch = MASKING.hide(vec![vec![1000, 5, 1001]], None, Seed::new(seed));
            assert_eq!(batch.labels[0], [IGNORED, 5, IGNORED]);
            assert_eq!((batch.ids[0][0], batch.ids[0][2]), (1000, 1001));
        }
    }
}
