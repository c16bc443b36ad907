//! Bytes that are read piece by piece.

use crate::faults::{Fault, FileError};

/// Bytes that can be asked for piece by piece: a file on disk, a buffer outside the module's memory.
pub trait ByteSource {
    fn len(&self) -> u64;
    fn read(&mut self, start: u64, length: usize) -> Result<Vec<u8>, Fault>;
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl ByteSource for Vec<u8> {
    fn len(&self) -> u64 {
        <[u8]>::len(self) as u64
    }
    fn read(&mut self, start: u64, length: usize) -> Result<Vec<u8>, Fault> {
        let from = start as usize;
        let end = start + length as u64;
        self.get(from..from + length)
            .map(<[u8]>::to_vec)
            .ok_or_else(|| FileError::PastEnd { start, end }.into())
    }
}

impl ByteSource for Box<dyn ByteSource> {
    fn len(&self) -> u64 {
        (**self).len()
    }
    fn read(&mut self, start: u64, length: usize) -> Result<Vec<u8>, Fault> {
        (**self).read(start, length)
    }
}

#[cfg(not(target_arch = "wasm32"))]
impl ByteSource for std::fs::File {
    fn len(&self) -> u64 {
        self.metadata().map_or(0, |m| m.len())
    }
    fn read(&mut self, start: u64, length: usize) -> Result<Vec<u8>, Fault> {
        use std::io::{Read, Seek, SeekFrom};
        let mut bytes = vec![0; length];
        self.seek(SeekFrom::Start(start))
            .and_then(|_| self.read_exact(&mut bytes))
            .map_err(Fault::foreign)?;
        Ok(bytes)
    }
}
