//! General text beside the task's batches, so that the model keeps at what it knew.

use crate::data::batch::Batch;
use crate::data::feed::BatchFeed;
use crate::data::labelled::BatchOrder;
use crate::data::language::Language;
use crate::settings::{Seed, TrainingSettings};

/// Texts kept at most; a longer run goes through them again.
const POOL: usize = 256;

/// Rows of general text, some of them for every step.
pub struct Replay {
    rows: Vec<Vec<i32>>,
    feed: BatchFeed,
    language: Language,
    seed: Seed,
}

impl Replay {
    /// Rows beside each step; 0 where nothing is replayed.
    pub fn rows_a_step(settings: &TrainingSettings) -> usize {
        let texts = settings.batch_size * settings.gradient_accumulation_steps;
        settings.remedies.replayed_rows(texts)
    }

    /// How many texts the remedies of a run ask for.
    pub fn texts_wanted(settings: &TrainingSettings) -> usize {
        let remedies = &settings.remedies;
        let of_ewc = if remedies.ewc_lambda > 0.0 {
            remedies.ewc_samples
        } else {
            0
        };
        let of_replay = Self::rows_a_step(settings) * settings.total_steps;
        of_ewc.max(of_replay.min(POOL))
    }

    /// `None` where the settings replay nothing.
    pub fn new(
        rows: Vec<Vec<i32>>,
        language: Language,
        settings: &TrainingSettings,
    ) -> Option<Self> {
        let a_step = Self::rows_a_step(settings);
        if a_step == 0 || rows.is_empty() {
            return None;
        }
        let lengths = rows.iter().map(Vec::len).collect();
        let order = BatchOrder::of_lengths(lengths, a_step, settings.seed);
        let feed = BatchFeed::new(order);
        Some(Self {
            rows,
            feed,
            language,
            seed: Seed::new(settings.seed).fork("replay"),
        })
    }

    /// What is replayed beside a step.
    pub fn batch(&mut self, step: usize) -> Batch {
        let indices = self.feed.batches(step).iter().flatten();
        let rows = indices.map(|i| self.rows[*i].clone()).collect();
        self.language.batch(rows, self.seed.fork(&step.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Remedies;

    #[test]
    fn every_text_has_its_turn() {
        let settings = TrainingSettings {
            batch_size: 8,
            total_steps: 1000,
            remedies: Remedies {
                replay: 0.25,
                ..Remedies::default()
            },
            ..Default::default()
        };
        assert_eq!(Replay::texts_wanted(&settings), POOL);
        let rows: Vec<Vec<i32>> = (0..6).map(|i| vec![i, i]).collect();
        let mut replay = Replay::new(rows.clone(), Language::NextToken, &settings).unwrap();
        let mut seen: Vec<Vec<i32>> = (0..3).flat_map(|step| replay.batch(step).ids).collect();
        seen.sort_unstable();
        assert_eq!(seen, rows);
    }

    #[test]
    fn without_a_share_nothing_is_replayed() {
        assert!(
            Replay::new(
                vec![vec![1, 2]],
                Language::NextToken,
                &TrainingSettings::default()
            )
            .is_none()
        );
    }
}
