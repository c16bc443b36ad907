//! Matrices stored as small whole numbers: row r holds `value / scale[r]`, rounded, and the scales stand beside the
//! matrix `NAME` as the vector `NAME.scale`. Widened to float32 when read.
//!
//! I8 holds a number a byte. U8 holds two: the first of a pair in the lower four bits, each with 8 added, so that its
//! rows are half as long as the matrix's.

use safetensors::tensor::{Dtype, Metadata, TensorInfo};

use crate::faults::{WeightError, WrongScale};

const SUFFIX: &str = ".scale";

/// Whether a tensor is only the scales of another one in the same file.
pub(super) fn is_scale(metadata: &Metadata, name: &str) -> bool {
    name.strip_suffix(SUFFIX)
        .and_then(|matrix| metadata.info(matrix))
        .is_some_and(|matrix| matches!(matrix.dtype, Dtype::I8 | Dtype::U8))
}

/// The shape that a tensor has once it is read.
pub(super) fn shape(metadata: &Metadata, name: &str, info: &TensorInfo) -> Vec<usize> {
    let mut shape = info.shape.clone();
    if info.dtype == Dtype::U8 && metadata.info(&scale_name(name)).is_some() {
        shape.iter_mut().skip(1).for_each(|width| *width *= 2);
    }
    shape
}

/// Where the scales lie that a tensor needs; none where it is stored in full.
pub(super) fn scales_of<'a>(
    metadata: &'a Metadata,
    name: &str,
    info: &TensorInfo,
) -> Result<Option<&'a TensorInfo>, WeightError> {
    if !matches!(info.dtype, Dtype::I8 | Dtype::U8) {
        return Ok(None);
    }
    let dtype = format!("{:?}", info.dtype);
    let &[rows, _] = info.shape.as_slice() else {
        return Err(WeightError::UnknownType {
            name: name.to_owned(),
            dtype,
            shape: Some(info.shape.clone()),
        });
    };
    let wrong = |found: WrongScale| WeightError::Scale {
        name: name.to_owned(),
        dtype,
        rows,
        found,
    };
    let Some(scales) = metadata.info(&scale_name(name)) else {
        return Err(wrong(WrongScale::None));
    };
    if scales.shape != [rows] {
        return Err(wrong(WrongScale::Shape(scales.shape.clone())));
    }
    match scales.dtype {
        Dtype::F32 | Dtype::F16 | Dtype::BF16 => Ok(Some(scales)),
        other => Err(wrong(WrongScale::Type(format!("{other:?}")))),
    }
}

/// The two numbers of a byte.
pub(super) fn pair(byte: u8) -> [f32; 2] {
    [byte & 15, byte >> 4].map(|number| f32::from(number) - 8.0)
}

/// Multiplies each row by its scale.
pub(super) fn widen(values: &mut [f32], scales: &[f32]) {
    let width = values.len() / scales.len().max(1);
    if width == 0 {
        return;
    }
    for (row, scale) in values.chunks_exact_mut(width).zip(scales) {
        row.iter_mut().for_each(|value| *value *= scale);
    }
}

fn scale_name(name: &str) -> String {
    format!("{name}{SUFFIX}")
}

#[cfg(test)]
#[path = "quantised_tests.rs"]
mod tests;
