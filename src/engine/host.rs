//! What the engine needs of the place it runs in: a browser worker, or a test.

use super::helpers::Helper;
use super::keeping::{NoVault, Vault};
use crate::faults::{Fault, HelperError, SurroundingsError};
use crate::io::safetensors::ByteSource;
use crate::protocol::{EngineError, Event, Frame};

/// What tells one version of a kept file from another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// In hexadecimal.
    pub sha256: String,
    /// What the server said of it when it came: its entity tag, or its date and length.
    pub version: Option<String>,
}

/// The engine's side of its surroundings. Work that goes on between messages holds a clone of it.
#[allow(async_fn_in_trait)] // the engine is one task on one thread; its futures never cross threads
pub trait Host: Clone + 'static {
    /// A file that has been fetched, to be read in pieces; a clone is another reader of the same bytes.
    type Body: ByteSource + Clone + 'static;

    /// A worker that computes beside the engine.
    type Helper: Helper<Body = Self::Body> + 'static;

    /// Where runs are kept.
    type Vault: Vault;

    /// A clock that only goes forward.
    fn now_millis(&self) -> f64;

    /// The bytes at `url`; `progressed` hears of received and total bytes as they arrive.
    async fn fetch(
        &self,
        url: &str,
        progressed: &mut dyn FnMut(u64, Option<u64>),
    ) -> Result<Vec<u8>, Fault>;

    /// The same for a file that may be large: the bytes stay where they can be read piece by piece.
    async fn open(
        &self,
        url: &str,
        progressed: &mut dyn FnMut(u64, Option<u64>),
    ) -> Result<Self::Body, Fault>;

    /// One file of a header and of what lies behind a place in each of some others.
    fn join(&self, header: Vec<u8>, pieces: Vec<(Self::Body, u64)>) -> Result<Self::Body, Fault>;

    /// What the server says of the version of the file that is at `url` now; none where it does not say.
    async fn version(&self, _url: &str) -> Option<String> {
        None
    }

    /// A file that was kept from an earlier visit.
    async fn kept(&self, _url: &str) -> Option<(Self::Body, Stamp)> {
        None
    }

    /// Keeps a file for later visits, if there is a place for it.
    async fn keep(&self, _url: &str, _file: &Self::Body, _stamp: &Stamp) {}

    /// Lets waiting messages in.
    async fn breathe(&self);

    /// Sends to the page; an error where the frame cannot be put into bytes.
    fn send(&self, frame: Frame<Event>) -> Result<(), EngineError>;

    /// How many helpers there should be for a model whose weights have so many bytes.
    fn helpers_wanted(&self, _weights_bytes: u64) -> usize {
        0
    }

    /// Starts a helper; an error says why there can be none.
    fn start_helper(&self) -> Result<Self::Helper, Fault> {
        Err(HelperError::NoneHere.into())
    }

    /// Where runs are kept; from the first time on, no other engine gets it.
    async fn vault(&self) -> Result<Self::Vault, NoVault>;

    /// The most memory that the engine has held so far, where that is known.
    fn peak_memory_bytes(&self) -> Option<u64> {
        None
    }
}

/// Whether all that was announced has arrived. More may have: the announced length of a compressed body is that of the
/// packed bytes, and another site need not say that it is compressed.
pub fn check_received(received: u64, announced: Option<u64>) -> Result<(), SurroundingsError> {
    match announced {
        Some(announced) if received < announced => Err(SurroundingsError::CutShort {
            received,
            announced,
        }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_download_that_ends_early_says_how_much_came() {
        assert_eq!(check_received(10, Some(10)), Ok(()));
        assert_eq!(check_received(10, None), Ok(()));
        assert_eq!(check_received(30, Some(10)), Ok(()));
        let error = check_received(7, Some(10)).unwrap_err().to_string();
        assert!(error.contains("7 of 10 bytes"), "{error}");
    }
}
