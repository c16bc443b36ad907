use half::f16;
use safetensors::tensor::TensorView;

use crate::io::safetensors::SafetensorsFile;
use crate::model::weights::{StoredWeights, WeightSource};

use super::*;

const MATRIX: &str = "encoder.dense.weight";
const SCALES: &str = "encoder.dense.weight.scale";

/// A name with type, shape and bytes.
type Stored<'a> = (&'a str, Dtype, Vec<usize>, Vec<u8>);

fn halves(values: &[f32]) -> Vec<u8> {
    let bytes = values.iter().map(|v| f16::from_f32(*v).to_le_bytes());
    bytes.flatten().collect()
}

fn file(tensors: &[Stored]) -> SafetensorsFile<Vec<u8>> {
    let views = tensors.iter().map(|(name, dtype, shape, bytes)| {
        let view = TensorView::new(*dtype, shape.clone(), bytes).unwrap();
        (*name, view)
    });
    SafetensorsFile::open(safetensors::serialize(views, None).unwrap()).unwrap()
}

/// An int8 matrix of two rows and three columns.
fn matrix<'a>() -> Stored<'a> {
    let numbers = [127i8, -127, 0, 1, -2, 64].map(i8::cast_unsigned);
    (MATRIX, Dtype::I8, vec![2, 3], numbers.to_vec())
}

fn scales<'a>(values: &[f32]) -> Stored<'a> {
    (SCALES, Dtype::F16, vec![values.len()], halves(values))
}

fn values(file: &mut SafetensorsFile<Vec<u8>>, name: &str) -> Vec<f32> {
    file.read(name).unwrap().try_to_vec::<f32>().unwrap()
}

#[test]
fn each_row_is_multiplied_by_its_own_scale() {
    let mut file = file(&[matrix(), scales(&[0.5, 0.25])]);
    let data = file.tensor(&format!("bert.{MATRIX}"), &[2, 3]).unwrap();
    let read = data.try_to_vec::<f32>().unwrap();
    assert_eq!(read, [63.5, -63.5, 0., 0.25, -0.5, 16.]);
}

#[test]
fn a_byte_of_four_bit_numbers_holds_two() {
    // 7 and -7, then 0 and 1; in the second row -1 and 2, then 3 and -3.
    let packed = vec![15 | 1 << 4, 8 | 9 << 4, 7 | 10 << 4, 11 | 5 << 4];
    let mut file = file(&[(MATRIX, Dtype::U8, vec![2, 2], packed), scales(&[0.5, 2.0])]);
    assert_eq!(file.tensors()[MATRIX], [2, 4]);
    let data = file.tensor(MATRIX, &[2, 4]).unwrap();
    assert_eq!(data.shape().to_vec(), [2, 4]);
    let read = data.try_to_vec::<f32>().unwrap();
    assert_eq!(read, [3.5, -3.5, 0., 0.5, -2., 4., 6., -6.]);
    let error = file.tensor(MATRIX, &[2, 2]).unwrap_err().to_string();
    assert!(error.contains("[2, 4]"), "{error}");
}

#[test]
fn scales_are_no_tensors_of_their_own() {
    let lonely = ("norm.scale", Dtype::F16, vec![1], halves(&[2.]));
    let mut file = file(&[matrix(), scales(&[0.5, 0.25]), lonely]);
    let names: Vec<String> = file.tensors().into_keys().collect();
    assert_eq!(names, [MATRIX, "norm.scale"]);
    assert!(file.contains(MATRIX) && file.holds("norm.scale"));
    assert!(!file.contains(SCALES) && !file.holds(SCALES));
    assert!(matches!(
        file.read(SCALES),
        Err(WeightError::Missing { .. })
    ));
    assert_eq!(values(&mut file, "norm.scale"), [2.]);
}

#[test]
fn scales_that_are_missing_or_of_another_form_are_named() {
    let said = |tensors: &[Stored]| file(tensors).read(MATRIX).unwrap_err().to_string();
    let missing = said(&[matrix()]);
    assert!(
        missing.contains(SCALES) && missing.contains("2 rows") && missing.contains("none"),
        "{missing}"
    );
    let packed = said(&[(MATRIX, Dtype::U8, vec![2, 1], vec![0, 0])]);
    assert!(packed.contains("U8") && packed.contains("none"), "{packed}");
    let long = said(&[matrix(), scales(&[1., 1., 1.])]);
    assert!(long.contains("shape [3]"), "{long}");
    let whole = said(&[matrix(), (SCALES, Dtype::I8, vec![2], vec![1, 1])]);
    assert!(whole.contains("type I8"), "{whole}");
}

#[test]
fn a_scale_that_is_no_number_is_found() {
    let mut file = file(&[matrix(), scales(&[1., f32::NAN])]);
    let error = file.read(MATRIX).unwrap_err().to_string();
    assert!(
        error.contains(MATRIX) && error.contains("element 3"),
        "{error}"
    );
}

#[test]
fn only_matrices_are_read_as_whole_numbers() {
    let mut file = file(&[("bias", Dtype::I8, vec![2], vec![1, 2])]);
    let error = file.read("bias").unwrap_err().to_string();
    assert!(error.contains("`bias`") && error.contains("[2]"), "{error}");
}
