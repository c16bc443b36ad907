//! `checkpoint.safetensors`, in the folder of a run that has not ended.

use std::fs::File;
use std::path::{Path, PathBuf};

use burn::prelude::Device;

use super::watcher::Log;
use crate::cli::block_on;
use crate::cli::error::CliError;
use crate::engine::checkpoint::{Checkpoint, Snapshot};
use crate::engine::run::Run;

fn path(out: &Path) -> PathBuf {
    out.join("checkpoint.safetensors")
}

/// Checkpoints at every so many steps, the newest in the place of the one before.
pub struct Checkpoints<'a> {
    out: &'a Path,
    /// 0 is never.
    every: usize,
    /// Steps made when the last one was taken.
    last: usize,
}

impl<'a> Checkpoints<'a> {
    pub fn new(out: &'a Path, every: usize) -> Self {
        Self {
            out,
            every,
            last: 0,
        }
    }

    /// Takes one where it is due.
    pub fn after_unit(&mut self, run: &mut Run, log: &Log) -> Result<(), CliError> {
        let step = run.step();
        let is_due = self.every > 0 && step.is_multiple_of(self.every) && step != self.last;
        if !is_due || !run.is_in_training() {
            return Ok(());
        }
        self.last = step;
        if let Some(snapshot) = block_on(run.snapshot(log))? {
            save(self.out, &snapshot)?;
        }
        log.flush()
    }
}

/// Writes it beside the old one, then takes its place: a run cut while saving loses nothing.
fn save(out: &Path, snapshot: &Snapshot) -> Result<(), CliError> {
    let kept = path(out);
    let fresh = kept.with_extension("safetensors.new");
    let failed = |e: &dyn std::fmt::Display| CliError::file(&fresh, e);
    let mut file = File::create(&fresh).map_err(|e| failed(&e))?;
    block_on(snapshot.write(&mut file)).map_err(|e| failed(&e))?;
    file.sync_all().map_err(|e| failed(&e))?;
    std::fs::rename(&fresh, &kept).map_err(|e| CliError::file(&kept, e))
}

/// Reads it.
///
/// # Errors
/// Where there is none, as `Trainer` has it of a folder without checkpoints, or it is damaged.
pub fn open(out: &Path) -> Result<Checkpoint, CliError> {
    let path = path(out);
    if !path.exists() {
        let out = out.display();
        return Err(CliError::new(format!(
            "--resume: {out} holds no checkpoint (checkpoint.safetensors), which --checkpoint-every writes; leave --resume out to begin anew"
        )));
    }
    let file = File::open(&path).map_err(|e| CliError::file(&path, e))?;
    Checkpoint::open(file, &Device::flex()).map_err(|e| CliError::file(&path, e))
}

/// A run that has ended needs none.
pub fn remove(out: &Path) -> Result<(), CliError> {
    let path = path(out);
    match path.exists() {
        true => std::fs::remove_file(&path).map_err(|e| CliError::file(&path, e)),
        false => Ok(()),
    }
}
