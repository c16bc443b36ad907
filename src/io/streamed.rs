//! safetensors written tensor by tensor: no more than one of them is held in memory beside the device's own.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::faults::Fault;

/// Somewhere bytes go one after another: a file on disk, one in the browser's own store, a vector.
pub trait ByteSink {
    fn write(&mut self, bytes: &[u8]) -> Result<(), Fault>;
}

impl ByteSink for Vec<u8> {
    fn write(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        self.extend_from_slice(bytes);
        Ok(())
    }
}

#[cfg(not(target_arch = "wasm32"))]
impl ByteSink for std::fs::File {
    fn write(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        std::io::Write::write_all(self, bytes).map_err(Fault::foreign)
    }
}

/// What stands before the bytes of float32 tensors that follow in this order: names, shapes, and a note that is read back
/// with `SafetensorsFile::note`.
///
/// # Errors
/// Where the note or a name cannot be put into JSON.
pub fn header<'a>(
    tensors: impl Iterator<Item = (&'a str, &'a [usize])>,
    note: &BTreeMap<String, String>,
) -> Result<Vec<u8>, Fault> {
    let mut entries = Map::new();
    entries.insert("__metadata__".to_owned(), json!(note));
    let mut at = 0;
    for (name, shape) in tensors {
        let end = at + 4 * shape.iter().product::<usize>();
        let entry = json!({ "dtype": "F32", "shape": shape, "data_offsets": [at, end] });
        entries.insert(name.to_owned(), entry);
        at = end;
    }
    let mut text = serde_json::to_vec(&Value::Object(entries)).map_err(Fault::foreign)?;
    // As the format has it, so that the numbers behind are aligned.
    while !text.len().is_multiple_of(8) {
        text.push(b' ');
    }
    let mut bytes = (text.len() as u64).to_le_bytes().to_vec();
    bytes.append(&mut text);
    Ok(bytes)
}

/// The bytes of float32 numbers.
pub fn bytes_of(values: &[f32]) -> Vec<u8> {
    values
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::safetensors::SafetensorsFile;

    #[test]
    fn what_is_streamed_is_a_safetensors_file() {
        let shapes: [(&str, &[usize]); 2] = [("b", &[2, 1]), ("a", &[3])];
        let note = [("step".to_owned(), "4".to_owned())].into();
        let mut file = header(shapes.into_iter(), &note).unwrap();
        assert!(file.len().is_multiple_of(8));
        file.write(&bytes_of(&[1.0, 2.0])).unwrap();
        file.write(&bytes_of(&[3.0, 4.0, 5.0])).unwrap();
        let mut open = SafetensorsFile::open(file).unwrap();
        assert_eq!(open.note("step"), Some("4"));
        assert_eq!(open.note("steps"), None);
        let read = open.read("a").unwrap();
        assert_eq!(read.try_to_vec::<f32>().unwrap(), [3.0, 4.0, 5.0]);
        assert_eq!(open.tensors()["b"], [2, 1]);
    }
}
