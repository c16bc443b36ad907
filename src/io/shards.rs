//! Weights in several files, as transformers saves a large model: `model-00001-of-00002.safetensors` and so on, and an
//! index of which tensor lies in which. Read as if they were one file: a header of all their tensors, then the bytes of
//! one file after the other.

use std::collections::{BTreeSet, HashMap};

use safetensors::tensor::Metadata;
use serde::Deserialize;

use super::safetensors::{ByteSource, Header};
use crate::faults::{Fault, FileError, WeightError};

/// The part of `model.safetensors.index.json` that says where each tensor is.
#[derive(Deserialize)]
struct Index {
    weight_map: HashMap<String, String>,
}

/// The names of the files that an index lists, sorted. They must lie beside it.
pub fn files(index_json: &str) -> Result<Vec<String>, WeightError> {
    let unreadable = |reason: Fault| {
        WeightError::unreadable(FileError::within("model.safetensors.index.json", reason))
    };
    let index: Index =
        serde_json::from_str(index_json).map_err(|e| unreadable(Fault::foreign(e)))?;
    let names: BTreeSet<String> = index.weight_map.into_values().collect();
    if names.is_empty() {
        return Err(unreadable(FileError::ListsNone.into()));
    }
    match names.iter().find(|name| name.contains(['/', '\\'])) {
        Some(name) => {
            let name = name.clone();
            Err(unreadable(FileError::NotBeside { name }.into()))
        }
        None => Ok(names.into_iter().collect()),
    }
}

/// Several open files as one.
pub struct Shards<S> {
    /// The length of the common header, and the header.
    header: Vec<u8>,
    parts: Vec<Part<S>>,
}

/// The tensors' bytes of one file.
struct Part<S> {
    /// Where they begin among all.
    start: u64,
    length: u64,
    /// Where they begin in their own file.
    own_start: u64,
    source: S,
}

impl<S: ByteSource> Shards<S> {
    /// `files` with their names, which errors give.
    pub fn open(files: Vec<(String, S)>) -> Result<Self, WeightError> {
        let (mut tensors, mut parts) = (Vec::new(), Vec::new());
        let mut length = 0;
        for (file, mut source) in files {
            let in_file = |e: WeightError| WeightError::unreadable(FileError::within(&file, e));
            let header = Header::read(&mut source).map_err(in_file)?;
            for name in header.metadata.offset_keys() {
                let Some(mut info) = header.metadata.info(&name).cloned() else {
                    continue;
                };
                let (from, to) = info.data_offsets;
                info.data_offsets = (from + length, to + length);
                tensors.push((name, info));
            }
            let own = header.metadata.data_len();
            parts.push(Part {
                start: length as u64,
                length: own as u64,
                own_start: header.data_start,
                source,
            });
            length += own;
        }
        Ok(Self {
            header: common_header(tensors)?,
            parts,
        })
    }
}

impl<S> Shards<S> {
    /// The common header, and every file with the place at which its tensors begin: one behind the other they are the one
    /// file as which they are read.
    pub fn into_pieces(self) -> (Vec<u8>, Vec<(S, u64)>) {
        let parts = self.parts.into_iter();
        let pieces = parts.map(|part| (part.source, part.own_start));
        (self.header, pieces.collect())
    }
}

fn common_header(
    tensors: Vec<(String, safetensors::tensor::TensorInfo)>,
) -> Result<Vec<u8>, WeightError> {
    let mut names = BTreeSet::new();
    if let Some((name, _)) = tensors.iter().find(|(name, _)| !names.insert(name)) {
        let name = name.clone();
        return Err(WeightError::unreadable(FileError::HeldTwice { name }));
    }
    let metadata =
        Metadata::new(None, tensors).map_err(|e| WeightError::unreadable(Fault::foreign(e)))?;
    let json =
        serde_json::to_vec(&metadata).map_err(|e| WeightError::unreadable(Fault::foreign(e)))?;
    Ok([&(json.len() as u64).to_le_bytes()[..], &json].concat())
}

impl<S: ByteSource> ByteSource for Shards<S> {
    fn len(&self) -> u64 {
        let data: u64 = self.parts.iter().map(|part| part.length).sum();
        self.header.len() as u64 + data
    }

    fn read(&mut self, start: u64, length: usize) -> Result<Vec<u8>, Fault> {
        let header = self.header.len() as u64;
        let end = start + length as u64;
        if end > self.len() {
            return Err(FileError::PastEnd { start, end }.into());
        }
        let own = self.header.iter().skip(start as usize).take(length);
        let mut bytes: Vec<u8> = own.copied().collect();
        for part in &mut self.parts {
            // Where what is asked for and this part overlap.
            let from = start.max(header + part.start);
            let to = end.min(header + part.start + part.length);
            if from < to {
                let place = part.own_start + (from - header - part.start);
                bytes.extend(part.source.read(place, (to - from) as usize)?);
            }
        }
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::safetensors::{NamedTensor, Precision, SafetensorsFile, write};

    fn shard(names: &[&str], value: f32) -> Vec<u8> {
        let tensor = |(i, name): (usize, &&str)| NamedTensor {
            name: (*name).to_owned(),
            shape: vec![i + 1],
            values: vec![value + i as f32; i + 1],
        };
        let tensors: Vec<NamedTensor> = names.iter().enumerate().map(tensor).collect();
        write(&tensors, Precision::F32).unwrap()
    }

    fn open(shards: &[Vec<u8>]) -> Result<Shards<Vec<u8>>, WeightError> {
        let named = shards.iter().enumerate();
        Shards::open(
            named
                .map(|(i, s)| (format!("shard {i}"), s.clone()))
                .collect(),
        )
    }

    #[test]
    fn tensors_of_all_files_are_read() {
        let shards = open(&[shard(&["b", "d"], 1.0), shard(&["a", "c"], 5.0)]).unwrap();
        let mut file = SafetensorsFile::open(shards).unwrap();
        assert_eq!(file.tensors().len(), 4);
        let mut values = |name: &str| file.read(name).unwrap().try_to_vec::<f32>().unwrap();
        assert_eq!(values("b"), [1.0]);
        assert_eq!(values("d"), [2.0, 2.0]);
        assert_eq!(values("a"), [5.0]);
        assert_eq!(values("c"), [6.0, 6.0]);
    }

    #[test]
    fn any_stretch_of_bytes_can_be_asked_for() {
        let mut shards = open(&[shard(&["a", "b"], 1.0), shard(&["c"], 3.0)]).unwrap();
        let all = shards.read(0, shards.len() as usize).unwrap();
        for (start, length) in [(0, 8), (4, all.len() - 4), (all.len() - 6, 6), (3, 0)] {
            let found = shards.read(start as u64, length).unwrap();
            assert_eq!(found, all[start..start + length]);
        }
        assert!(shards.read(1, all.len()).is_err());
    }

    #[test]
    fn what_is_wrong_is_named() {
        let cut = shard(&["a"], 1.0)[..20].to_vec();
        let error = open(&[shard(&["b"], 1.0), cut]).err().unwrap().to_string();
        assert!(error.contains("shard 1"), "{error}");
        let twice = open(&[shard(&["a"], 1.0), shard(&["a"], 2.0)]);
        assert!(twice.err().unwrap().to_string().contains("`a`"));
        let index = r#"{"metadata":{},"weight_map":{"a":"two","b":"one","c":"two"}}"#;
        assert_eq!(files(index).unwrap(), ["one", "two"]);
        for wrong in [
            r#"{"weight_map":{}}"#,
            r#"{"weight_map":{"a":"../x"}}"#,
            "{}",
        ] {
            let error = files(wrong).unwrap_err().to_string();
            assert!(error.contains("index.json"), "{error}");
        }
    }
}
