//! What a learner has done: answers, and the runs made. Pure; `keeping` has it in the browser's storage.

mod merge;
mod progress;
mod record;
mod shelf;

pub use merge::Merge;
pub use progress::Progress;
pub use record::{Figures, Ground, RunRecord, RunTag};
#[cfg(test)]
pub use record::{Point, tests};
pub use shelf::{Shelf, Standing, fill};
