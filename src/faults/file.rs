//! Of files, archives and folders of models.

use serde::{Deserialize, Serialize};

use super::{ConfigError, Fault, TokenizerError, WeightError};

/// What is wrong with a file or an archive.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum FileError {
    Missing {
        path: String,
    },
    /// Whatever is wrong with the file that is named.
    In {
        path: String,
        reason: Box<Fault>,
    },
    /// From this byte to before that one was asked for.
    PastEnd {
        start: u64,
        end: u64,
    },
    TooShort {
        bytes: u64,
    },
    /// Another file in the place of weights.
    Other(OtherFile),
    /// The first bytes, taken as the length of a header, go beyond the file.
    NoSafetensors {
        header_bytes: u64,
        bytes: u64,
    },
    HeaderDamaged {
        reason: String,
    },
    CutShort {
        bytes: u64,
        promised: u64,
    },
    NoTensors,
    Unwritten {
        reason: String,
    },
    /// An index of several files names none.
    ListsNone,
    NotBeside {
        name: String,
    },
    /// A tensor, by two files of one model.
    HeldTwice {
        name: String,
    },
    TooLargeForZip,
    NoZip,
    ZipDamaged,
    MemberDamaged {
        name: String,
    },
    MemberPacked {
        name: String,
    },
}

/// A file that is met in the place of weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum OtherFile {
    LfsPointer,
    Pickle,
    Gguf,
}

impl FileError {
    pub fn within(path: &str, reason: impl Into<Fault>) -> Self {
        Self::In {
            path: path.to_owned(),
            reason: Box::new(reason.into()),
        }
    }
}

/// Why a folder gives no model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum FolderError {
    File { path: String, reason: String },
    NoFile { path: String },
    Config(ConfigError),
    Weights(WeightError),
    Pickle { path: String },
    NoFolder,
    AdapterAlone,
    NoAdapter,
    Tokenizer(TokenizerError),
}

holds!(FolderError {
    Config(ConfigError),
    Weights(WeightError),
    Tokenizer(TokenizerError),
});
