//! One set of cases: a model and everything that was computed with it.

use burn::prelude::Device;
use serde::de::DeserializeOwned;

use super::error::in_file;
use super::library::Library;
use crate::faults::Fault;
use crate::io::folder;
use crate::model::gpt2::{Gpt2, Gpt2Config};

/// The set's model, frozen; a case clones it and asks for the gradients it needs.
pub struct Set<'a> {
    pub library: &'a Library<'a>,
    /// The folder with its closing slash, `""` at the root.
    name: String,
    pub device: Device,
    pub config: Gpt2Config,
    pub model: Gpt2,
}

/// Folders that are sets, whatever their names.
pub fn names(library: &Library) -> Vec<String> {
    let has_model = |folder: &String| library.has(&format!("{folder}model/config.json"));
    library
        .folders_with("meta.json")
        .into_iter()
        .filter(has_model)
        .collect()
}

impl<'a> Set<'a> {
    pub fn open(library: &'a Library<'a>, name: &str, device: &Device) -> Result<Self, Fault> {
        let device = device.clone().autodiff();
        let config = read_config(library, &format!("{name}model/config.json"))?;
        let model = read_model(library, &format!("{name}model/"), &config, &device)?;
        let name = name.to_owned();
        Ok(Self {
            library,
            name,
            device,
            config,
            model,
        })
    }

    pub fn path(&self, path: &str) -> String {
        format!("{}{path}", self.name)
    }

    /// What a case is called in the findings.
    pub fn case(&self, path: &str) -> String {
        self.path(path).trim_end_matches('/').to_owned()
    }

    pub fn json<T: DeserializeOwned>(&self, path: &str) -> Result<T, Fault> {
        self.library.json(&self.path(path))
    }

    /// Whether the set has such a file or, with a closing slash, such a folder.
    pub fn has(&self, path: &str) -> bool {
        let path = self.path(path);
        match path.ends_with('/') {
            true => self.library.paths().iter().any(|p| p.starts_with(&path)),
            false => self.library.has(&path),
        }
    }

    /// Folders with an `adapter/` directly below `folder`, each with its closing slash.
    pub fn adapters(&self, folder: &str) -> Vec<String> {
        let names = adapters(self.library, &self.path(folder));
        let below = |name: String| format!("{folder}{name}/");
        names.into_iter().map(below).collect()
    }

    /// Records of trajectories in `folder`, as paths without `.json`.
    pub fn trajectories(&self, folder: &str, prefix: &str) -> Vec<String> {
        let whole = trajectories(self.library, &self.path(&format!("{folder}{prefix}")));
        let own = |stem: String| stem.strip_prefix(&self.name).map(str::to_owned);
        whole.into_iter().filter_map(own).collect()
    }
}

/// Names of folders with an `adapter/` directly below a folder.
pub fn adapters(library: &Library, folder: &str) -> Vec<String> {
    let below = library.paths().iter();
    below
        .filter_map(|path| path.strip_prefix(folder))
        .filter_map(|rest| rest.strip_suffix("/adapter/adapter_config.json"))
        .filter(|name| !name.contains('/'))
        .map(str::to_owned)
        .collect()
}

/// Records of trajectories whose paths begin with `start`, as paths without `.json`.
pub fn trajectories(library: &Library, start: &str) -> Vec<String> {
    let stem = |path: &String| {
        let rest = path.strip_prefix(start)?.strip_suffix(".json")?;
        let is_record = !rest.contains('/') && !rest.ends_with(".summary") && rest != "batches";
        is_record.then(|| format!("{start}{rest}"))
    };
    library.paths().iter().filter_map(stem).collect()
}

pub fn read_config(library: &Library, path: &str) -> Result<Gpt2Config, Fault> {
    Gpt2Config::parse(&library.text(path)?).map_err(|e| in_file(path, e))
}

/// A model with all gradients off.
pub fn read_model(
    library: &Library,
    folder: &str,
    config: &Gpt2Config,
    device: &Device,
) -> Result<Gpt2, Fault> {
    let path = format!("{folder}model.safetensors");
    let model =
        folder::build_gpt2(config, library.bytes(&path)?, device).map_err(|e| in_file(&path, e))?;
    Ok(model.with_trainable(|_| false))
}
