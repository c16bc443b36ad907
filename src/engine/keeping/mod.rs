//! The run that is going, kept where it outlives the page: two places for checkpoints, of which the newer counts.
//!
//! A checkpoint is its file and, written after it, a small record that commits it. A file without its record is none. The
//! older one stays until the newer is committed, so that a write that fails, or a page that goes away meanwhile, leaves
//! a whole checkpoint.

mod pace;
#[cfg(test)]
pub mod tests;
mod vault;

pub use pace::Pace;
pub use vault::{NoVault, Vault, VaultWriter};

use burn::prelude::Device;
use serde::{Deserialize, Serialize};

use super::checkpoint::{Checkpoint, Snapshot};
use crate::faults::{Fault, KeepingError};
use crate::io::safetensors::ByteSource;
use crate::io::streamed::ByteSink;
use crate::protocol::KeptRun;

/// Names of the two places' files.
const PLACES: [(&str, &str); 2] = [
    ("run-a.safetensors", "run-a.json"),
    ("run-b.safetensors", "run-b.json"),
];

/// What commits a checkpoint.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Commit {
    /// Later ones are larger.
    number: u64,
    run: KeptRun,
}

/// The checkpoints of one run.
pub struct Keeper<V> {
    vault: V,
    /// The newest that is whole, and which of the places it is in.
    newest: Option<(usize, Commit)>,
}

impl<V: Vault> Keeper<V> {
    /// Finds what an earlier engine has left.
    pub async fn open(vault: V) -> Self {
        let mut newest: Option<(usize, Commit)> = None;
        for (place, (file, record)) in PLACES.into_iter().enumerate() {
            let Some(commit) = committed(&vault, file, record).await else {
                continue;
            };
            if newest
                .as_ref()
                .is_none_or(|(_, old)| commit.number > old.number)
            {
                newest = Some((place, commit));
            }
        }
        Self { vault, newest }
    }

    pub fn run(&self) -> Option<KeptRun> {
        let (_, commit) = self.newest.as_ref()?;
        Some(commit.run.clone())
    }

    /// Writes a checkpoint; how many bytes it takes.
    ///
    /// # Errors
    /// Where there is no room for it; the checkpoint before it stands.
    pub async fn keep(
        &mut self,
        snapshot: &Snapshot,
        total_steps: usize,
        note: &str,
    ) -> Result<u64, Fault> {
        let place = self.free_place();
        let written = self.write(place, snapshot, total_steps, note).await;
        self.settle(place, written).await
    }

    /// The place that does not hold the newest checkpoint.
    fn free_place(&self) -> usize {
        self.newest.as_ref().map_or(0, |(place, _)| 1 - place)
    }

    /// What has been written to a place is the newest checkpoint, of so many bytes; or nothing is left of it there.
    async fn settle(&mut self, place: usize, written: Result<Commit, Fault>) -> Result<u64, Fault> {
        match written {
            Ok(commit) => {
                let bytes = commit.run.bytes;
                self.newest = Some((place, commit));
                Ok(bytes)
            }
            Err(reason) => {
                self.clear(place).await;
                Err(reason)
            }
        }
    }

    async fn write(
        &self,
        place: usize,
        snapshot: &Snapshot,
        total_steps: usize,
        note: &str,
    ) -> Result<Commit, Fault> {
        let mut writer = self.begin(place).await?;
        snapshot.write(&mut writer).await?;
        let run = KeptRun {
            note: note.to_owned(),
            step: snapshot.record.step,
            total_steps,
            bytes: 0,
        };
        self.commit(place, writer, run).await
    }

    /// Keeps a checkpoint that comes from elsewhere, which has been read and found whole.
    pub async fn keep_bytes(&mut self, bytes: &[u8], run: &KeptRun) -> Result<u64, Fault> {
        let place = self.free_place();
        let written = self.write_bytes(place, bytes, run).await;
        self.settle(place, written).await
    }

    async fn write_bytes(
        &self,
        place: usize,
        bytes: &[u8],
        run: &KeptRun,
    ) -> Result<Commit, Fault> {
        let mut writer = self.begin(place).await?;
        writer.write(bytes)?;
        self.commit(place, writer, run.clone()).await
    }

    async fn begin(&self, place: usize) -> Result<Counted<V::Writer>, Fault> {
        let (file, record) = PLACES[place];
        // Before its file is another, or it would commit half of it.
        self.vault.remove(record).await;
        Ok(Counted(self.vault.create(file).await?, 0))
    }

    async fn commit(
        &self,
        place: usize,
        written: Counted<V::Writer>,
        run: KeptRun,
    ) -> Result<Commit, Fault> {
        let Counted(writer, bytes) = written;
        writer.finish()?;
        let commit = Commit {
            number: self.newest.as_ref().map_or(1, |(_, old)| old.number + 1),
            run: KeptRun { bytes, ..run },
        };
        let text = serde_json::to_vec(&commit).map_err(Fault::foreign)?;
        let mut writer = self.vault.create(PLACES[place].1).await?;
        writer.write(&text)?;
        writer.finish()?;
        Ok(commit)
    }

    /// The newest checkpoint as it lies there.
    pub async fn file(&self) -> Option<(KeptRun, V::Body)> {
        let (place, commit) = self.newest.as_ref()?;
        let body = self.vault.open(PLACES[*place].0).await?;
        Some((commit.run.clone(), body))
    }

    /// Reads the newest checkpoint.
    ///
    /// # Errors
    /// Where there is none, or it cannot be read any more.
    pub async fn checkpoint(&self, device: &Device) -> Result<(Checkpoint, String), Fault> {
        let (place, commit) = self.newest.as_ref().ok_or(KeepingError::NothingKept)?;
        let body = self.vault.open(PLACES[*place].0).await;
        let body = body.ok_or(KeepingError::Gone)?;
        Ok((Checkpoint::open(body, device)?, commit.run.note.clone()))
    }

    /// Throws the run away.
    pub async fn discard(&mut self) {
        self.newest = None;
        for place in 0..PLACES.len() {
            self.clear(place).await;
        }
    }

    /// The record first: what is left of the file is none without it.
    async fn clear(&self, place: usize) {
        let (file, record) = PLACES[place];
        self.vault.remove(record).await;
        self.vault.remove(file).await;
    }
}

/// The record of a place whose file is all there.
async fn committed<V: Vault>(vault: &V, file: &str, record: &str) -> Option<Commit> {
    let mut body = vault.open(record).await?;
    let text = body.read(0, body.len() as usize).ok()?;
    let commit: Commit = serde_json::from_slice(&text).ok()?;
    let file = vault.open(file).await?;
    (file.len() == commit.run.bytes).then_some(commit)
}

/// A sink, and how many bytes have gone into it.
struct Counted<W>(W, u64);

impl<W: ByteSink> ByteSink for Counted<W> {
    fn write(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        self.0.write(bytes)?;
        self.1 += bytes.len() as u64;
        Ok(())
    }
}
