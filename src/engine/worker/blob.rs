//! A fetched file outside the module's memory, which would otherwise hold it beside the model made of it. Browsers keep
//! large blobs on disk.

use js_sys::{Array, Uint8Array};
use wasm_bindgen::JsValue;
use web_sys::{Blob, FileReaderSync};

use crate::faults::{Fault, FileError, SurroundingsError};
use crate::io::safetensors::ByteSource;

/// Reads a blob piece by piece. Workers alone may wait for that.
#[derive(Clone)]
pub struct BlobSource {
    blob: Blob,
    reader: FileReaderSync,
}

impl BlobSource {
    pub fn new(blob: Blob) -> Result<Self, Fault> {
        let reader = FileReaderSync::new().map_err(said)?;
        Ok(Self { blob, reader })
    }

    /// The bytes given, and of each file those behind the place given. Browsers copy nothing for that.
    pub fn joined(first: &[u8], pieces: &[(Self, u64)]) -> Result<Self, Fault> {
        let blobs = Array::new();
        let first = Array::of1(&Uint8Array::from(first));
        let first = Blob::new_with_u8_array_sequence(&first).map_err(said)?;
        blobs.push(&first);
        for (file, start) in pieces {
            let rest = file.blob.slice_with_f64(*start as f64).map_err(said)?;
            blobs.push(&rest);
        }
        Self::new(Blob::new_with_blob_sequence(&blobs).map_err(said)?)
    }

    pub fn blob(&self) -> &Blob {
        &self.blob
    }
}

impl ByteSource for BlobSource {
    fn len(&self) -> u64 {
        self.blob.size() as u64
    }

    fn read(&mut self, start: u64, length: usize) -> Result<Vec<u8>, Fault> {
        let end = start + length as u64;
        let gone = |_| SurroundingsError::PieceGone { start, end };
        let piece = self
            .blob
            .slice_with_f64_and_f64(start as f64, end as f64)
            .map_err(gone)?;
        let bytes = self.reader.read_as_array_buffer(&piece).map_err(gone)?;
        let bytes = Uint8Array::new(&bytes).to_vec();
        if bytes.len() == length {
            return Ok(bytes);
        }
        Err(FileError::PastEnd { start, end }.into())
    }
}

/// What the browser says, as it says it.
pub(super) fn said(error: JsValue) -> Fault {
    Fault::foreign(format!("{error:?}"))
}

/// Pieces of a download on their way into a blob.
#[derive(Default)]
pub struct BlobParts {
    pieces: Array,
    pieces_bytes: u32,
    blobs: Array,
}

/// Pieces are made a blob when there is so much of them.
const BLOB_BYTES: u32 = 32 << 20;

impl BlobParts {
    pub fn push(&mut self, piece: &Uint8Array) {
        self.pieces.push(piece);
        self.pieces_bytes += piece.length();
        if self.pieces_bytes >= BLOB_BYTES {
            // Where that fails, `finish` says so.
            let _ = self.flush();
        }
    }

    fn flush(&mut self) -> Result<(), Fault> {
        let blob = Blob::new_with_u8_array_sequence(&self.pieces).map_err(said)?;
        self.blobs.push(&blob);
        self.pieces = Array::new();
        self.pieces_bytes = 0;
        Ok(())
    }

    pub fn finish(mut self) -> Result<Blob, Fault> {
        self.flush()?;
        Blob::new_with_blob_sequence(&self.blobs).map_err(said)
    }
}
