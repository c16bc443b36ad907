//! Which windows a masked run reads when: short ones first, if it is asked to.

use super::PretrainSettings;
use super::corpus::Windows;
use crate::data::tokenizer::Marks;
use crate::settings::Seed;

/// One length of window, from one step on.
struct Stage<'a> {
    first_step: usize,
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
        let stage = |&(divisor, from): &(usize, f64)| {
            let length = (settings.context / divisor).max(Marks::A_TEXT + 2);
            let rows = settings.batch_size * settings.context / length;
            let seed = seed.fork(&format!("length {length}"));
            Stage {
                first_step: (settings.steps as f64 * from).round() as usize,
                windows: Windows::new(tokens, length - Marks::A_TEXT, rows, seed),
            }
        };
        let stages: Vec<Stage> = if settings.grow_context {
            GROWTH.iter().map(stage).collect()
        } else {
            vec![stage(&(1, 0.0))]
        };
        Self { stages }
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
