//! A model folder opened, with an adapter where one is given.

use std::ops::Deref;
use std::path::{Path, PathBuf};

use burn::module::Module;
use burn::prelude::Device;

use super::error::CliError;
use crate::data::tokenizer::Tokenizer;
use crate::engine::base as engine;
use crate::faults::{BlendError, FolderError};
use crate::io::{adapter, folder, opening};
use crate::methods::blend::blend;
use crate::model::any::Model;
use crate::model::gpt2::{EndIds, Gpt2};

/// Which adapters stand on the model.
#[derive(clap::Args)]
pub struct AdapterArguments {
    /// Folder of an adapter that belongs to the model; several times to blend LoRA adapters.
    #[arg(long)]
    pub adapter: Vec<PathBuf>,
    /// What each adapter counts in a blend, with commas between; 1 each if not given.
    #[arg(
        long,
        value_delimiter = ',',
        allow_hyphen_values = true,
        requires = "adapter"
    )]
    pub adapter_weights: Vec<f64>,
}

/// The engine's base, and the folder that it came from.
#[derive(Clone)]
pub struct Base {
    pub folder: PathBuf,
    engine: engine::Base,
}

impl Deref for Base {
    type Target = engine::Base;

    fn deref(&self) -> &engine::Base {
        &self.engine
    }
}

impl Base {
    /// Weights that want no gradients yet.
    pub fn open(folder: &Path, device: &Device) -> Result<Self, CliError> {
        let (config, model) = folder::model(folder, device).map_err(|e| in_folder(folder, e))?;
        let config_json = opening::model_config(folder).map_err(|e| in_folder(folder, e))?;
        let tokenizer = open_tokenizer(folder)?;
        let (known, tokens) = (config.vocabulary(), tokenizer.vocabulary());
        if tokens > known {
            return Err(CliError::file(
                folder,
                format!(
                    "the tokenizer knows {tokens} tokens, the weights only {known}; they belong to different models"
                ),
            ));
        }
        let tokenizer = engine::reading(tokenizer, config.family());
        let tokenizer = tokenizer.map_err(|e| CliError::file(folder, e))?;
        Ok(Self {
            folder: folder.to_owned(),
            engine: engine::Base {
                config,
                config_json,
                model: model.no_grad(),
                tokenizer,
            },
        })
    }

    fn with_model(mut self, model: Model) -> Self {
        self.engine.model = model.no_grad();
        self
    }

    /// The same with an adapter beside the weights.
    pub fn with_adapter(self, folder: &Path) -> Result<Self, CliError> {
        let config = opening::adapter_config(folder).map_err(|e| in_folder(folder, e))?;
        let weights =
            opening::weights(folder, "adapter_model").map_err(|e| in_folder(folder, e))?;
        let loaded = adapter::load(&config, weights, self.model.clone());
        let loaded = loaded.map_err(|e| CliError::file(folder, e))?;
        Ok(self.with_model(loaded.model))
    }

    /// The same with any number of adapters: one as it is, several blended.
    pub fn with_adapters(self, chosen: &AdapterArguments) -> Result<Self, CliError> {
        let (folders, weights) = (&chosen.adapter, &chosen.adapter_weights);
        if !weights.is_empty() && weights.len() != folders.len() {
            let (given, wanted) = (weights.len(), folders.len());
            return Err(CliError::new(format!(
                "--adapter-weights has {given} numbers for {wanted} adapters; give one for each"
            )));
        }
        if let Some(weight) = weights.iter().find(|weight| !weight.is_finite()) {
            return Err(CliError::new(format!(
                "--adapter-weights has {weight}, but each must be a number"
            )));
        }
        match (folders.as_slice(), weights.as_slice()) {
            ([], _) => Ok(self),
            ([only], []) => self.with_adapter(only),
            _ => self.blended(folders, weights),
        }
    }

    fn blended(self, folders: &[PathBuf], weights: &[f64]) -> Result<Self, CliError> {
        let mut parts = Vec::new();
        for (index, folder) in folders.iter().enumerate() {
            let weight = weights.get(index).copied().unwrap_or(1.0);
            let adapted = self.clone().with_adapter(folder)?;
            parts.push((adapted.engine.model, weight));
        }
        let model = blend(parts).map_err(|e| match e {
            BlendError::NotLora { number } => CliError::file(&folders[number - 1], &e),
            BlendError::Nothing => CliError::new(&e),
        })?;
        Ok(self.with_model(model))
    }

    pub fn open_with(
        folder: &Path,
        adapter: Option<&Path>,
        device: &Device,
    ) -> Result<Self, CliError> {
        let base = Self::open(folder, device)?;
        match adapter {
            Some(adapter) => base.with_adapter(adapter),
            None => Ok(base),
        }
    }

    /// The id that ends a text.
    pub fn end(&self) -> Option<i32> {
        let configured = self.config.ends().and_then(EndIds::first);
        configured.or(self.tokenizer.end_of_text())
    }

    /// The decoder, for what only a decoder does.
    pub fn decoder(&self, command: &str) -> Result<&Gpt2, CliError> {
        self.model.decoder().ok_or_else(|| {
            let family = self.family().name();
            CliError::file(
                &self.folder,
                format!("this is a {family}, which says no next token; {command} needs a gpt2"),
            )
        })
    }

    /// The length asked for, which the positions must hold.
    pub fn check_length(&self, max_length: usize, virtual_tokens: usize) -> Result<(), CliError> {
        let longest = self.room(virtual_tokens);
        if max_length <= longest {
            return Ok(());
        }
        let beside = match virtual_tokens {
            0 => String::new(),
            some => format!(" beside {some} virtual ones"),
        };
        Err(CliError::new(format!(
            "--max-length is {max_length}, but this model reads at most {longest} tokens{beside}"
        )))
    }

    /// Positions left to a text behind virtual tokens.
    pub fn room(&self, virtual_tokens: usize) -> usize {
        self.positions().saturating_sub(virtual_tokens)
    }
}

pub fn open_tokenizer(folder: &Path) -> Result<Tokenizer, CliError> {
    folder::tokenizer(folder).map_err(|e| in_folder(folder, e))
}

/// With the folder in front, unless the error names the file.
pub fn in_folder(folder: &Path, error: FolderError) -> CliError {
    match error {
        FolderError::File { .. } | FolderError::NoFile { .. } | FolderError::Pickle { .. } => {
            CliError::new(error)
        }
        other => CliError::file(folder, other),
    }
}
