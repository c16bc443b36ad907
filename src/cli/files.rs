//! Files read and written, with the path in every error.

use std::path::Path;

use super::error::CliError;

pub fn read_bytes(path: &Path) -> Result<Vec<u8>, CliError> {
    std::fs::read(path).map_err(|e| CliError::file(path, e))
}

pub fn read_text(path: &Path) -> Result<String, CliError> {
    let bytes = read_bytes(path)?;
    String::from_utf8(bytes).map_err(|_| CliError::file(path, "this is no UTF-8 text"))
}

pub fn write(path: &Path, content: impl AsRef<[u8]>) -> Result<(), CliError> {
    std::fs::write(path, content).map_err(|e| CliError::file(path, e))
}

pub fn make_folder(path: &Path) -> Result<(), CliError> {
    std::fs::create_dir_all(path).map_err(|e| CliError::file(path, e))
}
