//! How often a run is kept.

/// So much training may be lost with the page.
const EVERY_MILLIS: f64 = 4_000.0;

/// Of the time, a run spends at most one part in so many on being kept.
const FEWEST_COSTS_BETWEEN: f64 = 20.0;

/// When the run was last kept, and how long that took. Large models are kept more rarely, so that it stays a small
/// share of the time.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    since_millis: f64,
    cost_millis: f64,
    /// Steps made by then.
    step: usize,
}

impl Pace {
    pub fn starting(now_millis: f64, step: usize) -> Self {
        Self {
            since_millis: now_millis,
            cost_millis: 0.0,
            step,
        }
    }

    /// Whether steps have been made since, and enough time has gone by.
    pub fn is_due(&self, now_millis: f64, step: usize) -> bool {
        let interval = EVERY_MILLIS.max(FEWEST_COSTS_BETWEEN * self.cost_millis);
        self.is_behind(step) && now_millis - self.since_millis >= interval
    }

    /// Whether steps have been made since.
    pub fn is_behind(&self, step: usize) -> bool {
        step > self.step
    }

    pub fn kept(&mut self, began_millis: f64, now_millis: f64, step: usize) {
        *self = Self {
            since_millis: now_millis,
            cost_millis: now_millis - began_millis,
            step,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_dear_is_kept_more_rarely() {
        let mut pace = Pace::starting(0.0, 0);
        assert!(!pace.is_due(3_900.0, 9), "too early");
        assert!(pace.is_due(4_000.0, 9));
        assert!(!pace.is_due(90_000.0, 0), "nothing has been done");
        pace.kept(4_000.0, 4_100.0, 9);
        assert!(pace.is_due(8_100.0, 20));
        pace.kept(8_100.0, 9_100.0, 20);
        assert!(!pace.is_due(20_000.0, 90));
        assert!(pace.is_due(29_100.0, 90));
    }
}
