use crate::faults::{FileError, FolderError, OtherFile};

use super::{config, fault, tokenizer, weights};

pub fn file(error: &FileError) -> String {
    match error {
        FileError::Missing { path } => format!("{path} is missing"),
        FileError::In { path, reason } => format!("{path}: {}", fault(reason)),
        FileError::PastEnd { start, end } => format!("bytes {start} to {end} lie past the end"),
        FileError::TooShort { bytes } => {
            format!("the file has {bytes} bytes, too few for a safetensors header")
        }
        FileError::Other(kind) => other_file(*kind).to_owned(),
        FileError::NoSafetensors {
            header_bytes,
            bytes,
        } => format!(
            "this is no safetensors file, or its beginning is damaged: the header would be {header_bytes} bytes, \
             the file has {bytes}"
        ),
        FileError::HeaderDamaged { reason } => {
            format!("the safetensors header is damaged: {reason}")
        }
        FileError::CutShort { bytes, promised } => format!(
            "the file is cut short: it has {bytes} bytes, its header promises {promised}. Fetch it again"
        ),
        FileError::NoTensors => "the file holds no tensors".to_owned(),
        FileError::Unwritten { reason } => format!("the tensors cannot be written: {reason}"),
        FileError::ListsNone => "it lists no files".to_owned(),
        FileError::NotBeside { name } => format!("`{name}` is not the name of a file beside it"),
        FileError::HeldTwice { name } => format!("two of the files hold `{name}`"),
        FileError::TooLargeForZip => {
            "the files are too large for a zip archive of less than 4 GiB".to_owned()
        }
        FileError::NoZip => "this is no zip archive, or its end is missing".to_owned(),
        FileError::ZipDamaged => "the archive is cut short or damaged".to_owned(),
        FileError::MemberDamaged { name } => format!("{name} in it is damaged"),
        FileError::MemberPacked { name } => format!(
            "{name} in it is locked or packed in an unusual way; pack the files as an ordinary zip"
        ),
    }
}

fn other_file(kind: OtherFile) -> &'static str {
    match kind {
        OtherFile::LfsPointer => {
            "this is Git LFS's pointer to the file, not the file itself; fetch it with `git lfs pull`, or download it anew"
        }
        OtherFile::Pickle => {
            "this is a pickle, as torch.save writes it, under another name; save the weights as safetensors"
        }
        OtherFile::Gguf => "this is a GGUF file; give the weights as safetensors",
    }
}

pub fn folder(error: &FolderError) -> String {
    match error {
        FolderError::File { path, reason } => format!("{path} cannot be read: {reason}"),
        FolderError::NoFile { path } => format!("{path} cannot be read: there is no such file"),
        FolderError::Config(error) => config(error),
        FolderError::Weights(error) => format!("model.safetensors: {}", weights(error)),
        FolderError::Pickle { path } => format!(
            "{path} is a pickle, as torch.save writes it; a pickle can run any code when it is opened, so that none is read here. Save the weights as safetensors: model.save_pretrained(folder, safe_serialization=True)"
        ),
        FolderError::NoFolder => {
            "there is no such folder; a model is read from a folder on this machine, not fetched by its name on a hub: download it and give the folder".to_owned()
        }
        FolderError::AdapterAlone => {
            "this folder holds an adapter (adapter_config.json), not a model; give the folder of the model that it stands beside, and this one as the adapter".to_owned()
        }
        FolderError::NoAdapter => {
            "this folder holds a model (config.json), not an adapter (adapter_config.json); give it as the model".to_owned()
        }
        FolderError::Tokenizer(error) => tokenizer(error),
    }
}
