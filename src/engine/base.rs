//! The pre-trained model that everything starts from.

use burn::module::Module;
use burn::prelude::Device;

use super::host::Host;
use crate::data::tokenizer::Tokenizer;
use crate::io::folder;
use crate::model::gpt2::{Gpt2, Gpt2Config, RandomWeights};
use crate::model::parameters;
use crate::protocol::{EngineError, ErrorKind, ModelInfo};
use crate::settings::Seed;

/// Model, tokenizer and what to tell the page of them. `model` wants no gradients; a run clones it.
pub struct Base {
    pub config: Gpt2Config,
    pub model: Gpt2,
    pub tokenizer: Tokenizer,
    pub info: ModelInfo,
}

impl Base {
    /// Fetches `config.json`, `tokenizer.json` and `model.safetensors` from a folder.
    pub async fn fetch(
        host: &impl Host,
        name: &str,
        base_url: &str,
        device: &Device,
        progressed: &mut dyn FnMut(&str, u64, Option<u64>),
    ) -> Result<Self, EngineError> {
        let started = host.now_millis();
        let folder_url = base_url.trim_end_matches('/');
        let mut get = async |file: &str| {
            let url = format!("{folder_url}/{file}");
            host.fetch(&url, &mut |received, total| {
                progressed(file, received, total)
            })
            .await
            .map_err(|reason| {
                EngineError::new(
                    ErrorKind::Network,
                    format!("The model \"{name}\" could not be fetched: {file}: {reason}."),
                )
            })
        };
        let config_bytes = get("config.json").await?;
        let tokenizer_bytes = get("tokenizer.json").await?;
        let weights = get("model.safetensors").await?;
        let weights_bytes = weights.len() as u64;

        let wrong = |reason: String| {
            EngineError::new(
                ErrorKind::Model,
                format!("The model \"{name}\" cannot be used: {reason}."),
            )
        };
        let config = Gpt2Config::parse(&String::from_utf8_lossy(&config_bytes))
            .map_err(|e| wrong(e.to_string()))?;
        let tokenizer = Tokenizer::from_json(&String::from_utf8_lossy(&tokenizer_bytes))
            .map_err(|e| wrong(e.to_string()))?;
        if tokenizer.vocabulary() > config.vocab_size {
            return Err(wrong(format!(
                "its tokenizer knows {} tokens, its weights only {}",
                tokenizer.vocabulary(),
                config.vocab_size
            )));
        }
        let model = folder::build(&config, weights, device)
            .map_err(|e| wrong(e.to_string()))?
            .no_grad();
        let info = ModelInfo {
            name: name.to_owned(),
            layers: config.n_layer,
            heads: config.n_head,
            width: config.n_embd,
            vocabulary: config.vocab_size,
            context: config.n_positions,
            weights_bytes,
            load_millis: host.now_millis() - started,
            parameters: parameters::list(&model),
        };
        Ok(Self {
            config,
            model,
            tokenizer,
            info,
        })
    }

    /// The id that pads: the configured one, or the end of text.
    pub fn pad(&self) -> i32 {
        self.config
            .pad_token_id
            .or(self.tokenizer.end_of_text())
            .unwrap_or(0)
    }

    /// The same network before any training, the same each time.
    pub fn untrained(&self) -> Result<Gpt2, EngineError> {
        let seed = Seed::new(0).fork("untrained");
        let mut source = RandomWeights::new(seed, self.config.n_layer);
        let device = self.model.device();
        Gpt2::load(&self.config, &mut source, &device)
            .map(|model| model.no_grad())
            .map_err(|e| EngineError::new(ErrorKind::Model, e.to_string()))
    }

    /// A prompt's ids; an empty prompt starts after the end of a text.
    pub fn prompt_ids(&self, prompt: &str) -> Result<Vec<i32>, EngineError> {
        let mut ids = self
            .tokenizer
            .ids(prompt)
            .map_err(|e| EngineError::new(ErrorKind::Data, e.to_string()))?;
        if ids.is_empty() {
            ids.push(self.pad());
        }
        Ok(ids)
    }
}
