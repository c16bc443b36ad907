//! Words hidden for a masked language model to find (Devlin et al. 2019).

use serde::{Deserialize, Serialize};

use super::batch::Batch;
use super::tokenizer::Marks;
use crate::settings::Seed;

/// The label that `transformers` ignores.
const IGNORED: i32 = -100;

/// Which words are hidden, and behind what.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Masking {
    /// Chance of every word to be one that must be found.
    pub probability: f64,
    /// Of those, the share shown as `[MASK]`; half of the others become a random word, half stay.
    pub masked_share: f64,
    /// The id of `[MASK]`.
    pub mask: i32,
    /// The ids that are words, from the first to before the end; others are marks, never hidden or drawn.
    pub words: (i32, i32),
}

impl Masking {
    /// BERT's own: 15 of 100 words, 80 of 100 of those behind `[MASK]`. Its marks stand together at the
    /// end of a vocabulary, or near its beginning with nothing but unused ids before them.
    pub fn usual(marks: &Marks, vocabulary: usize) -> Self {
        let all = [marks.cls, marks.sep, marks.mask, marks.pad];
        let lowest = all.into_iter().min().unwrap_or(0);
        let highest = all.into_iter().max().unwrap_or(0);
        let end = vocabulary as i32;
        let words = if highest + 1 == end {
            (0, lowest)
        } else {
            (highest + 1, end)
        };
        Self {
            probability: 0.15,
            masked_share: 0.8,
            mask: marks.mask,
            words,
        }
    }

    /// The same with every chosen word behind `[MASK]`, to measure with.
    pub fn all_masked(self) -> Self {
        Self {
            masked_share: 1.0,
            ..self
        }
    }

    fn is_word(&self, id: i32) -> bool {
        (self.words.0..self.words.1).contains(&id)
    }

    /// The rows with words hidden. `seed` decides which; at least one word of the batch is.
    pub fn hide(&self, ids: Vec<Vec<i32>>, mask: Option<Vec<Vec<bool>>>, mut seed: Seed) -> Batch {
        let originals = ids;
        let mut ids = originals.clone();
        let mut labels: Vec<Vec<i32>> = ids.iter().map(|row| vec![IGNORED; row.len()]).collect();
        let words: Vec<(usize, usize)> = places(&originals)
            .filter(|(row, at)| self.is_word(originals[*row][*at]))
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
        Batch {
            ids,
            mask,
            labels,
            segments: None,
        }
    }

    fn shown(&self, word: i32, seed: &mut Seed) -> i32 {
        let draw = seed.uniform();
        if draw < self.masked_share {
            self.mask
        } else if draw < (1.0 + self.masked_share) / 2.0 {
            self.words.0 + seed.below((self.words.1 - self.words.0) as usize) as i32
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
        words: (0, 1000),
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
    fn words_lie_before_the_marks_or_behind_them() {
        let marks = |first: i32| Marks {
            cls: first,
            sep: first + 1,
            mask: first + 2,
            pad: first + 3,
        };
        assert_eq!(Masking::usual(&marks(3072), 3076).words, (0, 3072));
        let bert_base = Marks {
            pad: 0,
            ..marks(101)
        };
        assert_eq!(Masking::usual(&bert_base, 30_522).words, (104, 30_522));
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
