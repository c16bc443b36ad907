//! The reference files, with a note of which have been read.

use std::cell::RefCell;
use std::collections::BTreeSet;

use serde::de::DeserializeOwned;

use super::error::in_file;
use super::files::CaseFiles;
use crate::faults::{Fault, FileError};
use crate::io::safetensors::SafetensorsFile;

/// Gives files out and remembers them, so that in the end every file no check looked at can be named.
pub struct Library<'a> {
    files: &'a dyn CaseFiles,
    paths: BTreeSet<String>,
    read: RefCell<BTreeSet<String>>,
}

impl<'a> Library<'a> {
    pub fn new(files: &'a dyn CaseFiles) -> Self {
        Self {
            files,
            paths: files.list().into_iter().collect(),
            read: RefCell::default(),
        }
    }

    pub fn paths(&self) -> &BTreeSet<String> {
        &self.paths
    }

    pub fn has(&self, path: &str) -> bool {
        self.paths.contains(path)
    }

    /// Paths that no one has asked for.
    pub fn unread(&self) -> Vec<String> {
        let read = self.read.borrow();
        self.paths.difference(&read).cloned().collect()
    }

    /// Folders that hold a file of this name, each with its closing slash (`""` is the root).
    pub fn folders_with(&self, file: &str) -> Vec<String> {
        let folder = |path: &String| {
            let folder = path.strip_suffix(file)?;
            (folder.is_empty() || folder.ends_with('/')).then(|| folder.to_owned())
        };
        self.paths.iter().filter_map(folder).collect()
    }

    pub fn bytes(&self, path: &str) -> Result<Vec<u8>, Fault> {
        self.read.borrow_mut().insert(path.to_owned());
        let missing = || FileError::Missing {
            path: path.to_owned(),
        };
        Ok(self.files.read(path).ok_or_else(missing)?)
    }

    pub fn text(&self, path: &str) -> Result<String, Fault> {
        String::from_utf8(self.bytes(path)?).map_err(|e| in_file(path, Fault::foreign(e)))
    }

    pub fn json<T: DeserializeOwned>(&self, path: &str) -> Result<T, Fault> {
        serde_json::from_slice(&self.bytes(path)?).map_err(|e| in_file(path, Fault::foreign(e)))
    }

    pub fn tensors(&self, path: &str) -> Result<SafetensorsFile<Vec<u8>>, Fault> {
        SafetensorsFile::open(self.bytes(path)?).map_err(|e| in_file(path, e))
    }
}
