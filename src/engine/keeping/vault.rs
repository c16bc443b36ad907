//! Where checkpoints lie.

use crate::faults::Fault;
use crate::io::safetensors::ByteSource;
use crate::io::streamed::ByteSink;

/// A folder of files that outlives the engine, and that no other engine writes to meanwhile.
#[allow(async_fn_in_trait)] // as in `Host`: one task on one thread
pub trait Vault: 'static {
    type Writer: VaultWriter;
    type Body: ByteSource;

    /// An empty file in the place of what had this name.
    async fn create(&self, name: &str) -> Result<Self::Writer, Fault>;

    async fn open(&self, name: &str) -> Option<Self::Body>;

    /// What is not there need not be removed.
    async fn remove(&self, name: &str);
}

pub trait VaultWriter: ByteSink {
    /// Waits until everything is on the disk.
    fn finish(self) -> Result<(), Fault>;
}

/// Why there is no vault.
#[derive(Debug, Clone, PartialEq)]
pub enum NoVault {
    /// Another engine has it: that of another tab.
    Taken,
    /// There is none here, for this reason.
    Absent(Fault),
}
