//! The files of an adapter among what the learner chose: PEFT's folder file by file, or packed as one archive.

use serde::Deserialize;

use crate::faults::{AdapterError, Fault};
use crate::io::unzip::unzip;
use crate::io::zip::Member;

const CONFIG: &str = "adapter_config.json";
const WEIGHTS: &str = "adapter_model.safetensors";
/// The figures of a run, which the page packs beside its adapter.
const FIGURES: &str = "metrics.json";

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdapterFiles {
    pub config: String,
    pub weights: Vec<u8>,
    /// In the order of the head's outputs, where a file tells them.
    pub labels: Option<Vec<String>>,
    /// Tokens of the longest input that it was trained on, where a file tells.
    pub max_length: Option<usize>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Figures {
    labels: Option<Vec<String>>,
    max_length: Option<usize>,
}

impl AdapterFiles {
    /// # Errors
    /// Says which file is missing, or what the files are instead of an adapter.
    pub fn among(chosen: Vec<Member>) -> Result<Self, Fault> {
        let mut files = Vec::new();
        for member in chosen {
            // By its name: a pickle of PyTorch's is an archive too.
            match member.name.to_lowercase().ends_with(".zip") {
                true => files.extend(unzip(&member.bytes)?),
                false => files.push(member),
            }
        }
        let config = the_one(&files, CONFIG)?.ok_or_else(|| without_config(&files))?;
        let folder = folder_of(&config.name);
        let beside = |name: &str| {
            let wanted = format!("{folder}{name}");
            files.iter().find(|file| file.name == wanted)
        };
        let weights = beside(WEIGHTS).ok_or_else(|| without_weights(&files))?;
        let figures = beside(FIGURES).and_then(|file| serde_json::from_slice(&file.bytes).ok());
        let Figures { labels, max_length } = figures.unwrap_or_default();
        let text = String::from_utf8(config.bytes.clone());
        Ok(Self {
            config: text.map_err(|_| AdapterError::ConfigNotText)?,
            weights: weights.bytes.clone(),
            labels,
            max_length,
        })
    }
}

/// The part of a path before its last name, with the slash.
fn folder_of(path: &str) -> &str {
    path.rsplit_once('/')
        .map_or("", |(folder, _)| &path[..=folder.len()])
}

fn name_of(path: &str) -> &str {
    &path[folder_of(path).len()..]
}

/// The file of this name that lies least deep: a trainer's folder has its checkpoints in folders below it.
fn the_one<'a>(files: &'a [Member], name: &str) -> Result<Option<&'a Member>, AdapterError> {
    let depth = |file: &&Member| file.name.matches('/').count();
    let named = files.iter().filter(|file| name_of(&file.name) == name);
    let least = named.clone().map(|file| depth(&file)).min();
    let found: Vec<&Member> = named.filter(|file| Some(depth(file)) == least).collect();
    match found[..] {
        [] => Ok(None),
        [one] => Ok(Some(one)),
        _ => Err(AdapterError::Several {
            configs: found.iter().map(|file| file.name.clone()).collect(),
        }),
    }
}

fn has(files: &[Member], name: &str) -> bool {
    files.iter().any(|file| name_of(&file.name) == name)
}

fn without_config(files: &[Member]) -> AdapterError {
    if has(files, "model.safetensors") {
        return AdapterError::WholeModel;
    }
    match has(files, WEIGHTS) {
        true => AdapterError::WeightsAlone,
        false => AdapterError::NoConfig,
    }
}

fn without_weights(files: &[Member]) -> AdapterError {
    match has(files, "adapter_model.bin") {
        true => AdapterError::PickledWeights,
        false => AdapterError::ConfigAlone,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::zip::zip;

    fn file(name: &str, text: &str) -> Member {
        Member {
            name: name.to_owned(),
            bytes: text.as_bytes().to_vec(),
        }
    }

    fn refused(files: Vec<Member>) -> String {
        AdapterFiles::among(files).unwrap_err().to_string()
    }

    #[test]
    fn a_folder_is_found_loose_or_packed_and_above_its_checkpoints() {
        let loose = || vec![file(CONFIG, "{}"), file(WEIGHTS, "w")];
        let found = AdapterFiles::among(loose()).unwrap();
        assert_eq!((&found.config[..], &found.weights[..]), ("{}", &b"w"[..]));
        assert_eq!(found.labels, None);
        let packed = [
            file("run/checkpoint-20/adapter_config.json", "old"),
            file("run/checkpoint-20/adapter_model.safetensors", "old"),
            file("run/adapter_config.json", "{}"),
            file("run/adapter_model.safetensors", "w"),
            file(
                "run/metrics.json",
                r#"{"labels": ["b", "a"], "steps": 3, "max_length": 64}"#,
            ),
        ];
        let archive = Member {
            name: "run.zip".into(),
            bytes: zip(&packed).unwrap(),
        };
        let found = AdapterFiles::among(vec![archive]).unwrap();
        assert_eq!((&found.config[..], &found.weights[..]), ("{}", &b"w"[..]));
        assert_eq!(found.labels.unwrap(), ["b", "a"]);
        assert_eq!(found.max_length, Some(64));
    }

    #[test]
    fn what_is_no_adapter_is_told_apart() {
        assert!(refused(vec![file("notes.txt", "")]).contains("no adapter_config.json"));
        assert!(refused(vec![file(WEIGHTS, "")]).contains("adapter_config.json is missing"));
        assert!(refused(vec![file(CONFIG, "")]).contains("adapter_model.safetensors is missing"));
        let pickled = vec![file(CONFIG, ""), file("adapter_model.bin", "PK\u{3}\u{4}")];
        assert!(refused(pickled).contains("safe_serialization"));
        let whole = vec![file("config.json", ""), file("model.safetensors", "")];
        assert!(refused(whole).contains("a whole model"));
        let two = vec![
            file("a/adapter_config.json", ""),
            file("b/adapter_config.json", ""),
        ];
        assert!(refused(two).contains("2 adapters"));
        assert!(refused(vec![file("x.zip", "PK nothing")]).contains("zip archive"));
    }
}
