//! Token embeddings of elsewhere that a GPT-2 begins with, instead of noise.

use std::path::Path;

use burn::prelude::TensorData;

use super::{PretrainSettings, checkpoint};
use crate::cli::error::CliError;
use crate::faults::WeightError;
use crate::io::safetensors::SafetensorsFile;
use crate::model::gpt2::Gpt2;
use crate::model::parameters;
use crate::model::weights::WeightSource;

const NAME: &str = "wte.weight";

/// `wte.weight` of the file that `settings` name, `[vocabulary, width]`. None without a file, and none where `out` holds a
/// checkpoint, which has trained them further. Fails where the file cannot be read, is no safetensors file, or lacks the
/// tensor or has it of another shape.
pub fn read(settings: &PretrainSettings, out: &Path) -> Result<Option<TensorData>, CliError> {
    match &settings.embeddings {
        Some(path) if checkpoint::folder_in(out).is_none() => {
            let wanted = [settings.vocab_size, settings.width];
            rows(path, wanted).map(Some)
        }
        _ => Ok(None),
    }
}

fn rows(path: &Path, wanted: [usize; 2]) -> Result<TensorData, CliError> {
    let file = std::fs::File::open(path).map_err(|e| CliError::file(path, e))?;
    let mut file = SafetensorsFile::open(file).map_err(|e| CliError::file(path, e))?;
    let found = file.tensor(NAME, &wanted);
    found.map_err(|e| CliError::file(path, problem(&e, wanted)))
}

/// The two mistakes that are easily made here, in words of this flag.
fn problem(error: &WeightError, [vocabulary, width]: [usize; 2]) -> String {
    match error {
        WeightError::Missing { .. } => {
            format!(
                "--embeddings needs a tensor `{NAME}` of shape [{vocabulary}, {width}], and the file holds none of that name"
            )
        }
        WeightError::WrongShape { found, .. } => format!(
            "--embeddings has `{NAME}` of shape {found:?}, but --vocab-size {vocabulary} and --width {width} ask for [{vocabulary}, {width}]"
        ),
        other => other.to_string(),
    }
}

/// The model with these rows, `[vocabulary, width]`, as its token embeddings.
pub fn put(model: Gpt2, rows: TensorData) -> Gpt2 {
    let name = format!("transformer.{NAME}");
    parameters::with_values(model, [(name, rows)].into())
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use burn::prelude::Device;

    use super::*;
    use crate::io::folder::base_tensors;
    use crate::io::safetensors::{NamedTensor, Precision, write};
    use crate::model::gpt2::{Gpt2Config, RandomWeights};
    use crate::settings::Seed;

    /// A file of one tensor `name`, `[5, 4]`, that counts up.
    fn file(test: &str, name: &str) -> (PathBuf, Vec<f32>) {
        let values: Vec<f32> = (0..20).map(|i| i as f32 / 8.0).collect();
        let tensor = NamedTensor {
            name: name.to_owned(),
            shape: vec![5, 4],
            values: values.clone(),
        };
        let unique = format!("warmup_embeddings_{}_{test}", std::process::id());
        let path = std::env::temp_dir().join(unique);
        std::fs::write(&path, write(&[tensor], Precision::F32).unwrap()).unwrap();
        (path, values)
    }

    fn told(path: &Path, wanted: [usize; 2]) -> String {
        let error = rows(path, wanted).err().map(|e| e.to_string());
        error.unwrap_or_default()
    }

    #[test]
    fn only_the_token_embeddings_are_others() {
        let (path, values) = file("put", NAME);
        let mut weights = RandomWeights::new(Seed::new(3), 1);
        let config = Gpt2Config::sized(5, 6, 4, 1, 2);
        let noise = Gpt2::load(&config, &mut weights, &Device::flex()).unwrap();
        let begun = put(noise.clone(), rows(&path, [5, 4]).unwrap());
        std::fs::remove_file(&path).unwrap();
        let (before, after) = (base_tensors(&noise).unwrap(), base_tensors(&begun).unwrap());
        for (before, after) in before.iter().zip(&after) {
            match after.name.ends_with(NAME) {
                true => assert_eq!(after.values, values),
                false => assert_eq!(before, after),
            }
        }
    }

    #[test]
    fn what_was_found_and_what_is_wanted_is_said() {
        let (path, _) = file("shape", NAME);
        let said = told(&path, [5, 8]);
        assert!(said.contains("[5, 4]") && said.contains("[5, 8]"), "{said}");
        std::fs::remove_file(&path).unwrap();
        assert!(told(&path, [5, 4]).contains("warmup_embeddings"));
        let (path, _) = file("name", "wpe.weight");
        assert!(told(&path, [5, 4]).contains("`wte.weight`"));
        std::fs::remove_file(&path).unwrap();
    }
}
