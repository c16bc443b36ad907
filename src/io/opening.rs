//! The files of a folder opened, and what is said where others lie there.

use std::fs::File;
use std::path::Path;

use super::safetensors::ByteSource;
use super::shards::{self, Shards};
use crate::faults::FolderError;

/// The files of a model, and of an adapter beside one.
const CONFIG: &str = "config.json";
const ADAPTER_CONFIG: &str = "adapter_config.json";

/// The weights called `name`: `name.safetensors`, or the files that `name.safetensors.index.json` lists.
pub fn weights(folder: &Path, name: &str) -> Result<Box<dyn ByteSource>, FolderError> {
    let one = folder.join(format!("{name}.safetensors"));
    let index = folder.join(format!("{name}.safetensors.index.json"));
    if one.exists() {
        return Ok(Box::new(open(&one)?));
    }
    if !index.exists() {
        return Err(pickle(folder, name).unwrap_or_else(|| not_there(&one)));
    }
    let mut files = Vec::new();
    for file in shards::files(&read_text(&index)?)? {
        let source = open(&folder.join(&file))?;
        files.push((file, source));
    }
    Ok(Box::new(Shards::open(files)?))
}

/// The text of a model's `config.json`.
pub fn model_config(folder: &Path) -> Result<String, FolderError> {
    if !folder.is_dir() {
        return Err(FolderError::NoFolder);
    }
    if !folder.join(CONFIG).exists() && folder.join(ADAPTER_CONFIG).exists() {
        return Err(FolderError::AdapterAlone);
    }
    read_text(&folder.join(CONFIG))
}

/// The text of an adapter's `adapter_config.json`.
pub fn adapter_config(folder: &Path) -> Result<String, FolderError> {
    let path = folder.join(ADAPTER_CONFIG);
    if !path.exists() && folder.join(CONFIG).exists() {
        return Err(FolderError::NoAdapter);
    }
    read_text(&path)
}

/// A text file of a folder.
pub fn read_text(path: &Path) -> Result<String, FolderError> {
    std::fs::read_to_string(path).map_err(|e| FolderError::File {
        path: path.display().to_string(),
        reason: e.to_string(),
    })
}

fn open(path: &Path) -> Result<File, FolderError> {
    File::open(path).map_err(|e| FolderError::File {
        path: path.display().to_string(),
        reason: e.to_string(),
    })
}

fn not_there(path: &Path) -> FolderError {
    FolderError::NoFile {
        path: path.display().to_string(),
    }
}

/// Says so where the weights lie there as torch keeps them.
fn pickle(folder: &Path, name: &str) -> Option<FolderError> {
    let begins = match name {
        "model" => "pytorch_model",
        other => other,
    };
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .ok()?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|file| file.starts_with(begins))
        .filter(|file| {
            [".bin", ".pt", ".pth"]
                .iter()
                .any(|end| file.ends_with(end))
        })
        .collect();
    names.sort();
    Some(FolderError::Pickle {
        path: folder.join(names.first()?).display().to_string(),
    })
}
