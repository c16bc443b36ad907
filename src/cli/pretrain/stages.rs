//! Which windows a run reads when: short ones first, if it is asked to.

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
/// neighbours, one in eight is the one that matters (staged training; Press et al. 2021).
pub struct Stages<'a> {
    stages: Vec<Stage<'a>>,
}

/// Shares of the context, and of the steps after which they are left behind.
const GROWTH: [(usize, f64); 4] = [(8, 0.0), (4, 0.1), (2, 0.2), (1, 0.3)];

impl<'a> Stages<'a> {
    /// Every stage fills as many places a step, to within a row: `--batch-size` × `--context`. `marks` of a row's
    /// places are not tokens of the text, none in a causal run.
    pub fn new(settings: &PretrainSettings, tokens: &'a [u16], marks: usize) -> Self {
        let seed = Seed::new(settings.seed).fork("windows");
        // Runs that began before causal windows could grow draw from the seed as it is, and must go on so.
        let one_causal = marks == 0 && !settings.grow_context;
        let stage = |&(divisor, from): &(usize, f64)| {
            let length = (settings.context / divisor).max(marks + 2);
            let length = length.min(settings.context);
            let rows = settings.batch_size * settings.context / length;
            let seed = match one_causal {
                true => seed.clone(),
                false => seed.fork(&format!("length {length}")),
            };
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

    fn settings(more: &str) -> PretrainSettings {
        let flags = format!("x --context 64 --batch-size 2 --steps 100{more}");
        Flags::parse_from(flags.split(' ')).settings
    }

    /// Rows and tokens a row, at the first step of each stage and at the last of all.
    fn shapes(stages: &Stages) -> [(usize, usize); 5] {
        [0, 10, 20, 30, 99].map(|step| {
            let rows = stages.batch(step);
            (rows.len(), rows[0].len())
        })
    }

    #[test]
    fn windows_grow_and_every_step_reads_as_much() {
        let settings = settings(" --grow-context");
        let tokens: Vec<u16> = (0..5000).collect();
        let masked = Stages::new(&settings, &tokens, settings.layout().marks());
        // The marks take two places of 8, 16, 32 and 64.
        assert_eq!(
            shapes(&masked),
            [(16, 6), (8, 14), (4, 30), (2, 62), (2, 62)]
        );
        assert_eq!(
            masked.tokens(100),
            10 * 16 * 6 + 10 * 8 * 14 + 10 * 4 * 30 + 70 * 2 * 62
        );
        let causal = Stages::new(&settings, &tokens, 0);
        assert_eq!(
            shapes(&causal),
            [(16, 8), (8, 16), (4, 32), (2, 64), (2, 64)]
        );
        assert_eq!(causal.tokens(100), 100 * 2 * 64);
    }

    #[test]
    fn a_causal_run_of_one_length_reads_what_it_always_read() {
        let settings = settings("");
        let tokens: Vec<u16> = (0..5000).collect();
        let stages = Stages::new(&settings, &tokens, 0);
        let seed = Seed::new(settings.seed).fork("windows");
        let before = Windows::new(&tokens, 64, 2, seed);
        for step in [0, 1, 50, 99] {
            assert_eq!(stages.batch(step), before.batch(step));
        }
        assert_eq!(stages.tokens(100), 100 * 2 * 64);
    }
}
