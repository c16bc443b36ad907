//! What a learner has done: answers, and the runs made. Pure; `browser::storage` keeps it in the browser's storage.

mod merge;
mod progress;
mod record;
mod shelf;
mod standing;

pub use merge::Merge;
pub use progress::Progress;
pub use record::{Figures, Ground, RunRecord, RunTag};
#[cfg(test)]
pub use record::{Point, tests};
pub use shelf::{Shelf, fill};
pub use standing::Standing;
