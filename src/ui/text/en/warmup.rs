//! Words of the widgets about schedules and norms.

pub const DRAG: &str = "Drag the two corners, or choose one with Tab and move it with the arrow keys. The run below takes what you draw.";
pub const TOP: &str = "Top of the schedule: warmup steps and highest rate";
pub const END: &str = "End of the run";
pub const AT_STEP: &str = "Step t";

pub fn top(warmup: usize, rate: &str) -> String {
    format!("{warmup} warmup steps, highest rate {rate}")
}

pub fn end(steps: usize) -> String {
    format!("{steps} steps")
}

pub fn while_below(warmup: usize) -> String {
    format!("while t < {warmup}")
}

pub fn from(warmup: usize) -> String {
    format!("from t = {warmup} on")
}

pub fn always() -> String {
    "from the first step on".into()
}

pub fn rate_at(step: usize, rate: &str, share: &str) -> String {
    format!("At t = {step} the rate is {rate}, {share} of its top.")
}

pub const NORMS_TITLE: &str =
    "Gradient norm of each run at each step, before clipping. Use the arrow keys to read values.";
pub const NORMS_AXIS: &str = "gradient norm";
pub const NORMS_CLIP: &str = "clipped above this";
pub const NORMS_EMPTY: &str = "The norms appear here as the runs are made.";
