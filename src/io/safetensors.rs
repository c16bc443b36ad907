//! safetensors, read one tensor at a time and written whole.

use std::collections::BTreeMap;

use burn::prelude::*;
use half::{bf16, f16};
use safetensors::tensor::{Dtype, Metadata, TensorInfo, TensorView};

pub use super::byte_source::ByteSource;
use super::quantised;
use crate::faults::{Fault, FileError, OtherFile, WeightError};
use crate::model::weights::{StoredWeights, WeightSource};
use crate::settings::names;

/// What stands before the tensors' bytes.
pub(super) struct Header {
    pub metadata: Metadata,
    /// Where those bytes begin.
    pub data_start: u64,
}

/// An open safetensors file: its header, and the bytes behind it.
pub struct SafetensorsFile<S> {
    metadata: Metadata,
    data_start: u64,
    source: S,
}

const HEADER_LENGTH_BYTES: usize = 8;

/// How much of a tensor is held as bytes at a time, beside its numbers.
const PIECE_BYTES: usize = 4 << 20;

impl Header {
    /// Reads and checks it: the file must hold all that the header promises.
    pub fn read(source: &mut impl ByteSource) -> Result<Self, WeightError> {
        Self::checked(source).map_err(WeightError::unreadable)
    }

    fn checked(source: &mut impl ByteSource) -> Result<Self, Fault> {
        let bytes = source.len();
        if bytes < HEADER_LENGTH_BYTES as u64 {
            return Err(FileError::TooShort { bytes }.into());
        }
        let length_bytes = source.read(0, HEADER_LENGTH_BYTES)?;
        let header_length = length_bytes
            .iter()
            .rev()
            .fold(0u64, |n, b| (n << 8) | u64::from(*b));
        let data_start = header_length.saturating_add(HEADER_LENGTH_BYTES as u64);
        if data_start > bytes {
            let wrong = something_else(&length_bytes).map(FileError::Other);
            let unknown = FileError::NoSafetensors {
                header_bytes: header_length,
                bytes,
            };
            return Err(wrong.unwrap_or(unknown).into());
        }
        let header = source.read(HEADER_LENGTH_BYTES as u64, header_length as usize)?;
        let metadata: Metadata =
            serde_json::from_slice(&header).map_err(|e| FileError::HeaderDamaged {
                reason: e.to_string(),
            })?;
        let promised = data_start + metadata.data_len() as u64;
        if promised > bytes {
            return Err(FileError::CutShort { bytes, promised }.into());
        }
        Ok(Self {
            metadata,
            data_start,
        })
    }
}

/// What other file begins so, where it is one that is met in the place of weights.
fn something_else(beginning: &[u8]) -> Option<OtherFile> {
    match beginning {
        b"version " => Some(OtherFile::LfsPointer),
        [b'P', b'K', 3, 4, ..] | [0x80, 2..=5, ..] => Some(OtherFile::Pickle),
        [b'G', b'G', b'U', b'F', ..] => Some(OtherFile::Gguf),
        _ => None,
    }
}

impl<S: ByteSource> SafetensorsFile<S> {
    pub fn open(mut source: S) -> Result<Self, WeightError> {
        let header = Header::read(&mut source)?;
        if header.metadata.tensors().is_empty() {
            return Err(WeightError::unreadable(FileError::NoTensors));
        }
        Ok(Self {
            metadata: header.metadata,
            data_start: header.data_start,
            source,
        })
    }

    /// Names and shapes, sorted by name. The scales of quantised matrices are part of these and not listed.
    pub fn tensors(&self) -> BTreeMap<String, Vec<usize>> {
        self.metadata
            .tensors()
            .into_iter()
            .filter(|(name, _)| !quantised::is_scale(&self.metadata, name))
            .map(|(name, i)| {
                let shape = quantised::shape(&self.metadata, &name, i);
                (name, shape)
            })
            .collect()
    }

    /// What the file says of itself under this name.
    pub fn note(&self, name: &str) -> Option<&str> {
        let notes = self.metadata.metadata().as_ref()?;
        notes.get(name).map(String::as_str)
    }

    pub fn contains(&self, name: &str) -> bool {
        self.info(name).is_some()
    }

    fn info(&self, name: &str) -> Option<&TensorInfo> {
        let info = self.metadata.info(name)?;
        (!quantised::is_scale(&self.metadata, name)).then_some(info)
    }

    /// The tensor as float32.
    pub fn read(&mut self, name: &str) -> Result<TensorData, WeightError> {
        let missing = || WeightError::Missing {
            name: name.to_owned(),
        };
        let info = self.info(name).cloned().ok_or_else(missing)?;
        let shape = quantised::shape(&self.metadata, name, &info);
        let scales = quantised::scales_of(&self.metadata, name, &info)?.cloned();
        let mut values = self.numbers(name, &info)?;
        if let Some(scales) = scales {
            quantised::widen(&mut values, &self.numbers(name, &scales)?);
        }
        if let Some(index) = values.iter().position(|v| !v.is_finite()) {
            return Err(WeightError::NotFinite {
                name: name.to_owned(),
                index,
            });
        }
        Ok(TensorData::new(values, shape))
    }

    /// The numbers as they are stored, taken in piece by piece.
    fn numbers(&mut self, name: &str, info: &TensorInfo) -> Result<Vec<f32>, WeightError> {
        let (start, end) = info.data_offsets;
        let mut values = Vec::with_capacity(info.shape.iter().product());
        for place in (start..end).step_by(PIECE_BYTES) {
            let length = PIECE_BYTES.min(end - place);
            let bytes = self
                .source
                .read(self.data_start + place as u64, length)
                .map_err(WeightError::unreadable)?;
            append(name, info.dtype, &bytes, &mut values)?;
        }
        Ok(values)
    }
}

/// Appends stored numbers as float32.
fn append(name: &str, dtype: Dtype, bytes: &[u8], to: &mut Vec<f32>) -> Result<(), WeightError> {
    let pairs = || bytes.as_chunks::<2>().0.iter();
    match dtype {
        Dtype::F32 => to.extend(
            bytes
                .as_chunks::<4>()
                .0
                .iter()
                .map(|b| f32::from_le_bytes(*b)),
        ),
        Dtype::F64 => to.extend(
            bytes
                .as_chunks()
                .0
                .iter()
                .map(|b| f64::from_le_bytes(*b) as f32),
        ),
        Dtype::F16 => to.extend(pairs().map(|b| f16::from_le_bytes(*b).to_f32())),
        Dtype::BF16 => to.extend(pairs().map(|b| bf16::from_le_bytes(*b).to_f32())),
        Dtype::I8 => to.extend(bytes.iter().map(|b| f32::from(b.cast_signed()))),
        Dtype::U8 => to.extend(bytes.iter().flat_map(|b| quantised::pair(*b))),
        other => {
            return Err(WeightError::UnknownType {
                name: name.to_owned(),
                dtype: format!("{other:?}"),
                shape: None,
            });
        }
    }
    Ok(())
}

/// A checkpoint, whose names may carry the model's prefix or not: the hub's `gpt2` has no `transformer.`, an
/// encoder saved alone no `bert.`. Old checkpoints of BERT call a layer norm's two tensors gamma and beta.
impl<S: ByteSource> SafetensorsFile<S> {
    fn stored_name(&self, name: &str) -> Option<String> {
        let bare = names::short(name);
        let spellings = [
            format!("transformer.{name}"),
            name.to_owned(),
            bare.to_owned(),
        ];
        let old = |name: &String| {
            let old = name.replace("LayerNorm.weight", "LayerNorm.gamma");
            old.replace("LayerNorm.bias", "LayerNorm.beta")
        };
        let all = spellings.iter().cloned().chain(spellings.iter().map(old));
        all.into_iter().find(|spelling| self.contains(spelling))
    }
}

impl<S: ByteSource> WeightSource for SafetensorsFile<S> {
    fn tensor(&mut self, name: &str, shape: &[usize]) -> Result<TensorData, WeightError> {
        let Some(stored) = self.stored_name(name) else {
            return Err(WeightError::Missing {
                name: name.to_owned(),
            });
        };
        let found = self
            .info(&stored)
            .map_or_else(Vec::new, |i| quantised::shape(&self.metadata, &stored, i));
        if found != shape {
            return Err(WeightError::WrongShape {
                name: stored,
                found,
                expected: shape.to_vec(),
            });
        }
        self.read(&stored)
    }
}

impl<S: ByteSource> StoredWeights for SafetensorsFile<S> {
    fn holds(&self, name: &str) -> bool {
        self.stored_name(name).is_some()
    }
}

/// How numbers are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precision {
    F32,
    F16,
}

/// A tensor to be written.
#[derive(Debug, Clone, PartialEq)]
pub struct NamedTensor {
    pub name: String,
    pub shape: Vec<usize>,
    pub values: Vec<f32>,
}

/// A safetensors file of `tensors`, with the `format: pt` note that transformers looks for.
pub fn write(tensors: &[NamedTensor], precision: Precision) -> Result<Vec<u8>, WeightError> {
    let unwritten = |e: safetensors::SafeTensorError| {
        WeightError::unreadable(FileError::Unwritten {
            reason: e.to_string(),
        })
    };
    let dtype = match precision {
        Precision::F32 => Dtype::F32,
        Precision::F16 => Dtype::F16,
    };
    let bytes: Vec<Vec<u8>> = tensors
        .iter()
        .map(|t| match precision {
            Precision::F32 => t.values.iter().flat_map(|v| v.to_le_bytes()).collect(),
            Precision::F16 => t
                .values
                .iter()
                .flat_map(|v| f16::from_f32(*v).to_le_bytes())
                .collect(),
        })
        .collect();
    let views = tensors
        .iter()
        .zip(&bytes)
        .map(|(t, b)| Ok((t.name.as_str(), TensorView::new(dtype, t.shape.clone(), b)?)))
        .collect::<Result<Vec<_>, _>>()
        .map_err(unwritten)?;
    let note = [("format".to_owned(), "pt".to_owned())].into();
    safetensors::serialize(views, Some(note)).map_err(unwritten)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file() -> Vec<u8> {
        let tensor = NamedTensor {
            name: "transformer.a".into(),
            shape: vec![2, 2],
            values: vec![1., 2., 3., 4.],
        };
        write(&[tensor], Precision::F16).unwrap()
    }

    fn refused(bytes: &[u8]) -> String {
        let opened = SafetensorsFile::open(bytes.to_vec());
        opened.err().unwrap().to_string()
    }

    #[test]
    fn what_is_written_is_read_with_or_without_the_prefix() {
        let mut open = SafetensorsFile::open(file()).unwrap();
        let data = open.tensor("a", &[2, 2]).unwrap();
        assert_eq!(data.try_to_vec::<f32>().unwrap(), [1., 2., 3., 4.]);
    }

    #[test]
    fn doubles_are_read_as_float32() {
        let numbers = [0.1f64, -3.0, 2.5];
        let bytes: Vec<u8> = numbers.iter().flat_map(|n| n.to_le_bytes()).collect();
        let view = TensorView::new(Dtype::F64, vec![3], &bytes).unwrap();
        let file = safetensors::serialize([("a", view)], None).unwrap();
        let read = SafetensorsFile::open(file).unwrap().read("a").unwrap();
        let read = read.try_to_vec::<f32>().unwrap();
        assert_eq!(read, [0.1, -3.0, 2.5]);
    }

    #[test]
    fn a_tensor_larger_than_a_piece_is_put_together() {
        let count = PIECE_BYTES / 4 + 3;
        let values: Vec<f32> = (0..count).map(|i| i as f32).collect();
        let tensor = NamedTensor {
            name: "a".into(),
            shape: vec![count],
            values: values.clone(),
        };
        let bytes = write(&[tensor], Precision::F32).unwrap();
        let read = SafetensorsFile::open(bytes).unwrap().read("a").unwrap();
        assert!(read.try_to_vec::<f32>().unwrap() == values);
    }

    #[test]
    fn a_cut_file_says_how_much_is_missing() {
        let mut bytes = file();
        bytes.truncate(bytes.len() - 3);
        let error = refused(&bytes);
        assert!(error.contains("cut short"), "{error}");
        assert!(refused(&[1, 2]).contains("too few"));
        let page = b"<!doctype html><title>Not found</title>";
        assert!(refused(page).contains("no safetensors file"));
    }

    #[test]
    fn other_files_in_the_place_of_weights_are_told() {
        let pointer =
            b"version https://git-lfs.github.com/spec/v1\noid sha256:0123\nsize 2638448\n";
        let error = refused(pointer);
        assert!(error.contains("Git LFS"), "{error}");
        assert!(refused(b"PK\x03\x04 and so on").contains("pickle"));
        assert!(refused(b"GGUF\x03\0\0\0\0\0").contains("GGUF"));
        let empty = write(&[], Precision::F32).unwrap();
        assert!(refused(&empty).contains("holds no tensors"));
    }

    #[test]
    fn a_wrong_shape_and_a_missing_tensor_name_the_tensor() {
        let mut open = SafetensorsFile::open(file()).unwrap();
        let error = open.tensor("a", &[4]).unwrap_err().to_string();
        assert!(
            error.contains("transformer.a") && error.contains("[2, 2]"),
            "{error}"
        );
        assert!(
            open.tensor("b", &[4])
                .unwrap_err()
                .to_string()
                .contains("`b`")
        );
    }

    #[test]
    fn a_value_that_is_no_number_is_found() {
        let tensor = NamedTensor {
            name: "a".into(),
            shape: vec![2],
            values: vec![1., f32::NAN],
        };
        let bytes = write(&[tensor], Precision::F32).unwrap();
        let error = SafetensorsFile::open(bytes)
            .unwrap()
            .read("a")
            .unwrap_err()
            .to_string();
        assert!(error.contains("element 1"), "{error}");
    }
}
