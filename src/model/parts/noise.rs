//! Where dropout masks come from.

use std::ops::Range;

use crate::settings::Seed;

/// A stream of random numbers for every text of a batch, so that a text gets the same masks whichever texts stand
/// beside it: a batch that is split over several workers loses what it would lose on one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Noise {
    texts: Vec<Seed>,
    /// How many rows of each text the next layers see, once a head has picked some; before that all of them.
    picked: Option<Vec<usize>>,
}

impl Noise {
    /// For the texts that have these numbers within their batch.
    pub fn new(batch: &Seed, texts: Range<usize>) -> Self {
        Self {
            texts: texts.map(|text| batch.fork(&text.to_string())).collect(),
            picked: None,
        }
    }

    /// From here on only some of the rows are there: `rows` count through `[texts · seq]`, in order.
    pub fn pick(&mut self, rows: &[i32], seq: usize) {
        let mut counts = vec![0; self.texts.len()];
        for row in rows {
            counts[*row as usize / seq] += 1;
        }
        self.picked = Some(counts);
    }

    /// An inverted dropout mask, `[rows, width]` row by row: 0 with this probability, else what keeps the mean.
    pub fn mask(&mut self, [rows, width]: [usize; 2], probability: f64) -> Vec<f32> {
        let keep = (1.0 / (1.0 - probability)) as f32;
        let even = rows / self.texts.len().max(1);
        let mut mask = Vec::with_capacity(rows * width);
        for (text, seed) in self.texts.iter_mut().enumerate() {
            let rows = self.picked.as_ref().map_or(even, |counts| counts[text]);
            let draw = |seed: &mut Seed| match seed.uniform() < probability {
                true => 0.0,
                false => keep,
            };
            mask.extend((0..rows * width).map(|_| draw(seed)));
        }
        mask
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_keeps_its_masks_when_the_batch_is_split() {
        let seed = Seed::new(5);
        let masks = |texts: Range<usize>| {
            let rows = 3 * texts.len();
            let mut noise = Noise::new(&seed, texts);
            [noise.mask([rows, 4], 0.5), noise.mask([rows, 2], 0.1)]
        };
        let (whole, first, last) = (masks(0..4), masks(0..1), masks(1..4));
        for ((whole, first), last) in whole.iter().zip(first).zip(last) {
            assert_eq!(whole, &[first, last].concat());
        }
        assert_ne!(
            whole[0][..12],
            whole[0][12..24],
            "texts lose different things"
        );
    }

    #[test]
    fn rows_that_a_head_picks_are_drawn_by_text_too() {
        let seed = Seed::new(5);
        let (mut whole, mut last) = (Noise::new(&seed, 0..2), Noise::new(&seed, 1..2));
        whole.pick(&[1, 3, 5], 3);
        last.pick(&[0, 2], 3);
        assert_eq!(whole.mask([3, 8], 0.5)[8..], last.mask([2, 8], 0.5));
    }

    #[test]
    fn what_is_kept_makes_up_for_what_is_lost() {
        let mask = Noise::new(&Seed::new(1), 0..2).mask([200, 50], 0.2);
        let mean = mask.iter().sum::<f32>() / mask.len() as f32;
        assert_eq!(mask.len(), 10_000);
        assert!((mean - 1.0).abs() < 0.02, "{mean}");
    }
}
