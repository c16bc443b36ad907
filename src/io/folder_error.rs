//! What can be wrong with a folder of files, and what to do about it.

use crate::model::gpt2::ConfigError;
use crate::model::weights::WeightError;

/// Why a folder gives no model.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    #[error("{path} cannot be read: {reason}")]
    File { path: String, reason: String },
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error("model.safetensors: {0}")]
    Weights(#[from] WeightError),
    #[error(
        "{path} is a pickle, as torch.save writes it; a pickle can run any code when it is opened, so that none is read here. Save the weights as safetensors: model.save_pretrained(folder, safe_serialization=True)"
    )]
    Pickle { path: String },
    #[error(
        "there is no such folder; a model is read from a folder on this machine, not fetched by its name on a hub: download it and give the folder"
    )]
    NoFolder,
    #[error(
        "this folder holds an adapter (adapter_config.json), not a model; give the folder of the model that it stands beside, and this one as the adapter"
    )]
    AdapterAlone,
    #[error(
        "this folder holds a model (config.json), not an adapter (adapter_config.json); give it as the model"
    )]
    NoAdapter,
    #[error("{0}")]
    Tokenizer(#[from] crate::data::tokenizer::TokenizerError),
}
