//! What the engine needs of the place it runs in: a browser worker, or a test.

use crate::protocol::{Event, Frame};

/// The engine's side of its surroundings.
#[allow(async_fn_in_trait)] // the engine is one task on one thread; its futures never cross threads
pub trait Host {
    /// A clock that only goes forward.
    fn now_millis(&self) -> f64;

    /// The bytes at `url`; `progressed` hears of received and total bytes as they arrive.
    async fn fetch(
        &self,
        url: &str,
        progressed: &mut dyn FnMut(u64, Option<u64>),
    ) -> Result<Vec<u8>, String>;

    /// Lets waiting messages in.
    async fn breathe(&self);

    fn send(&self, frame: Frame<Event>);

    /// The most memory that the engine has held so far, where that is known.
    fn peak_memory_bytes(&self) -> Option<u64> {
        None
    }
}
