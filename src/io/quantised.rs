//! Matrices stored as int8: row r holds `value / scale[r]`, rounded, and the scales stand beside the matrix `NAME` as
//! the vector `NAME.scale`. A quarter of the bytes of float32; widened to float32 when read.

use safetensors::tensor::{Dtype, Metadata, TensorInfo};

use crate::model::weights::WeightError;

const SUFFIX: &str = ".scale";

/// Whether a tensor is only the scales of an int8 one in the same file.
pub(super) fn is_scale(metadata: &Metadata, name: &str) -> bool {
    name.strip_suffix(SUFFIX)
        .and_then(|matrix| metadata.info(matrix))
        .is_some_and(|matrix| matrix.dtype == Dtype::I8)
}

/// Where the scales of the int8 matrix `name` lie.
pub(super) fn scales_of<'a>(
    metadata: &'a Metadata,
    name: &str,
    matrix: &TensorInfo,
) -> Result<&'a TensorInfo, WeightError> {
    let &[rows, _] = matrix.shape.as_slice() else {
        return Err(WeightError::UnknownType {
            name: name.to_owned(),
            dtype: format!("I8 and shape {:?}", matrix.shape),
        });
    };
    let wrong = |found: String| WeightError::Scale {
        name: name.to_owned(),
        rows,
        found,
    };
    let scales = metadata
        .info(&format!("{name}{SUFFIX}"))
        .ok_or_else(|| wrong("the file holds none".to_owned()))?;
    if scales.shape != [rows] {
        return Err(wrong(format!("it has shape {:?}", scales.shape)));
    }
    match scales.dtype {
        Dtype::F32 | Dtype::F16 | Dtype::BF16 => Ok(scales),
        other => Err(wrong(format!("it has type {other:?}"))),
    }
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

#[cfg(test)]
mod tests {
    use half::f16;
    use safetensors::tensor::TensorView;

    use crate::io::safetensors::SafetensorsFile;
    use crate::model::weights::WeightSource;

    use super::*;

    const MATRIX: &str = "encoder.dense.weight";
    const SCALES: &str = "encoder.dense.weight.scale";

    fn halves(values: &[f32]) -> Vec<u8> {
        let bytes = values.iter().map(|v| f16::from_f32(*v).to_le_bytes());
        bytes.flatten().collect()
    }

    /// An int8 matrix of two rows and three columns, and what stands beside it.
    fn file(beside: &[(&str, Dtype, Vec<usize>, Vec<u8>)]) -> SafetensorsFile<Vec<u8>> {
        let matrix = [127i8, -127, 0, 1, -2, 64].map(i8::cast_unsigned);
        let view =
            |dtype, shape: &[usize], bytes| TensorView::new(dtype, shape.to_vec(), bytes).unwrap();
        let mut views = vec![(MATRIX, view(Dtype::I8, &[2, 3], &matrix))];
        views.extend(
            beside
                .iter()
                .map(|(name, dtype, shape, bytes)| (*name, view(*dtype, shape, bytes))),
        );
        SafetensorsFile::open(safetensors::serialize(views, None).unwrap()).unwrap()
    }

    #[test]
    fn each_row_is_multiplied_by_its_own_scale() {
        let mut file = file(&[(SCALES, Dtype::F16, vec![2], halves(&[0.5, 0.25]))]);
        let data = file.tensor(&format!("bert.{MATRIX}"), &[2, 3]).unwrap();
        assert_eq!(
            data.try_to_vec::<f32>().unwrap(),
            [63.5, -63.5, 0., 0.25, -0.5, 16.]
        );
    }

    #[test]
    fn scales_are_no_tensors_of_their_own() {
        let lonely = ("norm.scale", Dtype::F16, vec![1], halves(&[2.]));
        let mut file = file(&[(SCALES, Dtype::F16, vec![2], halves(&[0.5, 0.25])), lonely]);
        let names: Vec<String> = file.tensors().into_keys().collect();
        assert_eq!(names, [MATRIX, "norm.scale"]);
        assert!(file.contains(MATRIX) && file.holds("norm.scale"));
        assert!(!file.contains(SCALES) && !file.holds(SCALES));
        assert!(matches!(
            file.read(SCALES),
            Err(WeightError::Missing { .. })
        ));
        assert_eq!(
            file.read("norm.scale")
                .unwrap()
                .try_to_vec::<f32>()
                .unwrap(),
            [2.]
        );
    }

    #[test]
    fn scales_that_are_missing_or_of_another_form_are_named() {
        let said = |beside: &[_]| file(beside).read(MATRIX).unwrap_err().to_string();
        let missing = said(&[]);
        assert!(
            missing.contains(SCALES) && missing.contains("2 rows") && missing.contains("none"),
            "{missing}"
        );
        let long = said(&[(SCALES, Dtype::F16, vec![3], halves(&[1., 1., 1.]))]);
        assert!(long.contains("shape [3]"), "{long}");
        let whole = said(&[(SCALES, Dtype::I8, vec![2], vec![1, 1])]);
        assert!(whole.contains("type I8"), "{whole}");
    }

    #[test]
    fn a_scale_that_is_no_number_is_found() {
        let mut file = file(&[(SCALES, Dtype::F16, vec![2], halves(&[1., f32::NAN]))]);
        let error = file.read(MATRIX).unwrap_err().to_string();
        assert!(
            error.contains(MATRIX) && error.contains("element 3"),
            "{error}"
        );
    }

    #[test]
    fn only_matrices_are_read_as_int8() {
        let bias = TensorView::new(Dtype::I8, vec![2], &[1, 2]).unwrap();
        let bytes = safetensors::serialize([("bias", bias)], None).unwrap();
        let error = SafetensorsFile::open(bytes)
            .unwrap()
            .read("bias")
            .unwrap_err()
            .to_string();
        assert!(error.contains("`bias`") && error.contains("[2]"), "{error}");
    }
}
