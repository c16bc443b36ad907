//! A schedule drawn and dragged: where its three corners lie, and what moving one makes of the settings.

use super::scale::Scale;
use crate::settings::TrainingSettings;

/// The axes reach at least this far, so that there is room to drag.
const STEPS: f64 = 120.0;
const RATE: f64 = 2e-3;
/// Rates are drawn in steps of this.
const RATE_STEP: f64 = 5e-5;
const SHORTEST_RUN: f64 = 10.0;

pub const LEFT: f64 = 58.0;
pub const RIGHT: f64 = 22.0;
pub const TOP: f64 = 22.0;
pub const BOTTOM: f64 = 34.0;

/// A corner that can be moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Corner {
    /// Where the warmup ends, at the top: moves both ways.
    Top,
    /// Where the rate has come down to zero: moves along the axis.
    End,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Axes {
    pub x: Scale,
    pub y: Scale,
}

impl Axes {
    /// For a drawing of this size in pixels.
    pub fn new(settings: &TrainingSettings, width: f64, height: f64) -> Self {
        let steps = STEPS.max(settings.total_steps as f64);
        let rate = RATE.max(settings.learning_rate);
        Self {
            x: Scale::new((0.0, steps), (LEFT, width - RIGHT)),
            y: Scale::new((0.0, rate), (height - BOTTOM, TOP)),
        }
    }

    pub fn place(&self, corner: Corner, settings: &TrainingSettings) -> (f64, f64) {
        let (step, rate) = match corner {
            Corner::Top => (settings.warmup_steps, settings.learning_rate),
            Corner::End => (settings.total_steps, 0.0),
        };
        (self.x.map(step as f64), self.y.map(rate))
    }

    /// The settings with a corner moved to a pixel, as far as it can go there.
    pub fn moved(
        &self,
        corner: Corner,
        (x, y): (f64, f64),
        settings: &TrainingSettings,
    ) -> TrainingSettings {
        let (step, rate) = (self.x.invert(x).round(), self.y.invert(y));
        let mut moved = settings.clone();
        match corner {
            Corner::Top => {
                moved.warmup_steps = step.clamp(0.0, settings.total_steps as f64) as usize;
                moved.learning_rate = snapped(rate.min(self.y.domain.1));
            }
            Corner::End => {
                let least = SHORTEST_RUN.max(settings.warmup_steps as f64);
                moved.total_steps = step.clamp(least, self.x.domain.1) as usize;
            }
        }
        moved
    }

    /// The settings after an arrow key; `None` where the key moves nothing.
    pub fn nudged(
        &self,
        corner: Corner,
        key: &str,
        settings: &TrainingSettings,
    ) -> Option<TrainingSettings> {
        let (right, up) = match key {
            "ArrowRight" => (1.0, 0.0),
            "ArrowLeft" => (-1.0, 0.0),
            "ArrowUp" => (0.0, 1.0),
            "ArrowDown" => (0.0, -1.0),
            _ => return None,
        };
        let (x, y) = self.place(corner, settings);
        let step = self.x.invert(x) + right;
        let rate = self.y.invert(y) + up * RATE_STEP;
        Some(self.moved(corner, (self.x.map(step), self.y.map(rate)), settings))
    }
}

/// The nearest rate that the drawing can give, above zero.
fn snapped(rate: f64) -> f64 {
    let units = (rate / RATE_STEP).round().max(1.0);
    // Through whole numbers, so that 0.001 comes out as 0.001.
    units * 5.0 / 1e5
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> TrainingSettings {
        TrainingSettings {
            learning_rate: 1e-3,
            warmup_steps: 12,
            total_steps: 100,
            ..Default::default()
        }
    }

    #[test]
    fn a_corner_stays_where_it_is_dropped() {
        let (axes, before) = (Axes::new(&settings(), 600.0, 260.0), settings());
        let at = axes.place(Corner::Top, &before);
        assert_eq!(axes.moved(Corner::Top, at, &before), before);
        let there = (axes.x.map(30.0), axes.y.map(1.52e-3));
        let after = axes.moved(Corner::Top, there, &before);
        assert_eq!((after.warmup_steps, after.learning_rate), (30, 1.5e-3));
        assert_eq!(after.total_steps, before.total_steps);
    }

    #[test]
    fn corners_stop_at_each_other_and_at_the_edges() {
        let (axes, before) = (Axes::new(&settings(), 600.0, 260.0), settings());
        let far = axes.moved(Corner::Top, (1e4, -1e4), &before);
        assert_eq!((far.warmup_steps, far.learning_rate), (100, 2e-3));
        let low = axes.moved(Corner::Top, (-50.0, 1e4), &before);
        assert_eq!((low.warmup_steps, low.learning_rate), (0, 5e-5));
        assert_eq!(axes.moved(Corner::End, (0.0, 0.0), &before).total_steps, 12);
    }

    #[test]
    fn arrow_keys_move_by_one_step_and_one_notch() {
        let (axes, before) = (Axes::new(&settings(), 600.0, 260.0), settings());
        let nudged = |corner, key| axes.nudged(corner, key, &before).unwrap();
        assert_eq!(nudged(Corner::Top, "ArrowRight").warmup_steps, 13);
        assert_eq!(nudged(Corner::Top, "ArrowUp").learning_rate, 1.05e-3);
        assert_eq!(nudged(Corner::End, "ArrowLeft").total_steps, 99);
        assert_eq!(nudged(Corner::End, "ArrowUp"), before);
        assert_eq!(axes.nudged(Corner::End, "Enter", &before), None);
    }
}
