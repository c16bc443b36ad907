//! Who hears of a run.

use crate::protocol::Event;

/// The page behind its worker, or the files of a command.
pub trait Watcher {
    /// A clock that only goes forward.
    fn now_millis(&self) -> f64;

    fn tell(&self, event: Event);

    /// The most memory that has been held so far, where that is known.
    fn peak_memory_bytes(&self) -> Option<u64> {
        None
    }
}
