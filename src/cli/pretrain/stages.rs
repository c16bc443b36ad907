//! Which windows a masked run reads when: short ones first, if it is asked to.

use super::PretrainSettings;
use super::corpus::Windows;
use crate::settings::Seed;

/// One length of window, from one step on.
struct Stage<'a> {
    first_step: usize,
    /// Without the marks.
    tokens_a_step: usize,
    windows: Windows<'a>,
}

/// A model that does not look at its context yet learns to sooner where there is little of it: with eight
/// neighbours, one in eight is the one that matters.
pub struct Stages<'a> {
    stages: Vec<Stage<'a>>,
}

/// Shares of the context, and of the steps after which they are left behind.
const GROWTH: [(usize, f64); 4] = [(8, 0.0), (4, 0.1), (2, 0.2), (1, 0.3)];

impl<'a> Stages<'a> {
    /// Every stage reads as many tokens a step, in windows that leave room for the marks.
    pub fn new(settings: &PretrainSettings, tokens: &'a [u16]) -> Self {
        let seed = Seed::new(settings.seed).fork("windows");
        let marks = settings.layout().marks();
        let stage = |&(divisor, from): &(usize, f64)| {
            let length = (settings.context / divisor).max(marks + 2);
            let rows = settings.batch_size * settings.context / length;
            let seed = seed.fork(&format!("length {length}"));
            Stage {
                first_step: (settings.steps as f64 * from).round() as usize,
                tokens_a_step: rows * (length - marks),
                windows: Windows::new(tokens, length - marks, rows, seed),
            }
        };
        let stages: Vec<Stage> = if settings.grow_context {
            GROWTH.iter().map(stage).collect()
        } else {
            vec![stage(&(1, 0.0))]
        };
        Self { stages }
    }

    /// Tokens read in so many steps, if the end of the run was never moved.
    pub fn tokens(&self, steps: usize) -> usize {
        let ends = self.stages.iter().skip(1).map(|stage| stage.first_step);
        let ends = ends.chain(std::iter::once(steps));
        let stages = self.stages.iter().zip(ends);
        stages
            .map(|(stage, end)| stage.tokens_a_step * end.saturating_sub(stage.first_step))
            .sum()
    }

    /// A function of the step alone.
    pub fn batch(&self, step: usize) -> Vec<Vec<i32>> {
        let begun = self.stages.iter().rev();
        let current = begun.into_iter().find(|stage| stage.first_step <= step);
        current.map_or_else(Vec::new, |stage| {
            stage.windows.batch(step - stage.first_step)
        })
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Flags {
        #[command(flatten)]
        settings: PretrainSettings,
    }

    #[test]
    fn windows_grow_and_every_step_reads_as_much() {
        let flags = "mlm --context 64 --batch-size 2 --steps 100 --grow-context";
        let settings = Flags::parse_from(flags.split(' ')).settings;
        let tokens: Vec<u16> = (0..5000).collect();
        let stages = Stages::new(&settings, &tokens);
        let shape = |step| {
            let rows = stages.batch(step);
            (rows.len(), rows[0].len())
        };
        // The marks take two places of 8, 16, 32 and 64.
        assert_eq!(
            [0, 10, 20, 30, 99].map(shape),
            [(16, 6), (8, 14), (4, 30), (2, 62), (2, 62)]
        );
        assert_eq!(
            stages.tokens(100),
            10 * 16 * 6 + 10 * 8 * 14 + 10 * 4 * 30 + 70 * 2 * 62
        );
    }
}
