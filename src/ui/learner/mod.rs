//! What a learner has done: answers, and the runs made. Pure; `browser::storage` keeps it in the browser's storage.

mod chapter_progress;
pub mod guess;
pub mod lab_runs;
mod lesson_progress;
mod merge;
mod record;
mod run_history;
mod run_tag;
pub mod split_score;
mod standing;

pub use chapter_progress::ChapterProgress;
pub use lab_runs::{LabRun, LabRuns, WordsReached};
pub use merge::Merge;
pub use record::{Figures, Ground, RunRecord};
#[cfg(test)]
pub use record::{Point, tests};
pub use run_history::RunHistory;
pub use run_tag::RunTag;
pub use split_score::SplitScore;
pub use standing::Standing;
