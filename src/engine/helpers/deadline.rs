//! How long helpers are waited for.

/// How long a helper may take to build a model or to prepare it.
pub const PREPARING_MILLIS: f64 = 12_000.0;

/// How much longer than the engine with its own share a helper may take with one of the same size: so often as long,
/// and this. The page gives an engine up that is silent for twenty seconds.
const TIMES_OWN: f64 = 4.0;
const BESIDE_OWN_MILLIS: f64 = 8_000.0;

/// How long helpers may take when the engine took so long for its own part.
pub fn patience_millis(own_millis: f64) -> f64 {
    TIMES_OWN * own_millis + BESIDE_OWN_MILLIS
}

/// One for all helpers, who work at the same time.
pub struct Deadline<C> {
    at_millis: f64,
    clock: C,
}

impl<C: Fn() -> f64> Deadline<C> {
    pub fn after(millis: f64, clock: C) -> Self {
        Self {
            at_millis: clock() + millis,
            clock,
        }
    }

    pub fn left_millis(&self) -> f64 {
        (self.at_millis - (self.clock)()).max(0.0)
    }
}
