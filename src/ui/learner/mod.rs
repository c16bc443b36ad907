//! What a learner has done: answers, and the runs made. Pure; `desk` keeps it in the browser's storage.

mod progress;
mod record;
mod shelf;

pub use progress::Progress;
pub use record::{Figures, RunRecord, RunTag};
#[cfg(test)]
pub use record::{Point, tests};
pub use shelf::{Shelf, Standing, fill};
