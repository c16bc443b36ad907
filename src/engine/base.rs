//! The pre-trained model that everything starts from.

mod fetcher;

use burn::module::Module;
use burn::prelude::Device;

use self::fetcher::Fetcher;
use super::host::Host;
use crate::data::language::Language;
use crate::data::masking::Masking;
use crate::data::tokenizer::Tokenizer;
use crate::faults::{BaseError, DecoderWish, TokenizerError};
use crate::io::folder;
use crate::io::safetensors::ByteSource;
use crate::model::any::{Model, ModelConfig};
use crate::model::gpt2::Gpt2;
use crate::model::network::Network;
use crate::model::parameters;
use crate::protocol::{EngineError, ErrorKind, ModelInfo, ModelPlace, Speech};
use crate::settings::{Family, Seed};

/// A model and its tokenizer. `model` asks for no gradients; a run clones it.
#[derive(Clone)]
pub struct Base {
    pub config: ModelConfig,
    /// The configuration as its file has it, fields unknown to us included.
    pub config_json: String,
    pub model: Model,
    /// Puts marks around texts where the model expects them.
    pub tokenizer: Tokenizer,
}

impl Base {
    /// Fetches configuration, tokenizer and weights; the file of the weights comes along. What does not fit is found before the weights are on their way.
    pub async fn fetch<H: Host>(
        host: &H,
        name: &str,
        place: ModelPlace,
        device: &Device,
        progressed: &mut dyn FnMut(&str, u64, Option<u64>),
    ) -> Result<(Self, ModelInfo, H::Body), EngineError> {
        let started = host.now_millis();
        let mut files = Fetcher {
            host,
            name,
            place,
            progressed,
        };
        let config_json = files.text("config.json").await?;
        let config = ModelConfig::parse(&config_json).map_err(|e| files.wrong(e))?;
        let tokenizer = files.tokenizer().await?;
        files.check_vocabulary(&tokenizer, config.vocabulary())?;
        let tokenizer = reading(tokenizer, config.family()).map_err(|e| files.wrong(e))?;
        let weights = files.weights().await?;
        let model = folder::build(&config, weights.body.clone(), device)
            .map_err(|e| files.wrong(e))?
            .no_grad();
        let (weights_bytes, weights_were_kept) = (weights.body.len(), weights.were_kept);
        let body = weights.body.clone();
        files.keep(weights).await?;
        let base = Self {
            config,
            config_json,
            model,
            tokenizer,
        };
        let info = ModelInfo {
            weights_bytes,
            weights_were_kept,
            load_millis: host.now_millis() - started,
            ..base.info(name)
        };
        Ok((base, info, body))
    }

    /// What to tell of the model, how it was loaded apart.
    fn info(&self, name: &str) -> ModelInfo {
        ModelInfo {
            name: name.to_owned(),
            family: self.family(),
            speech: self.speech(),
            layers: self.model.blocks(),
            heads: self.model.attention_heads(),
            width: self.model.width(),
            vocabulary: self.config.vocabulary(),
            context: self.positions(),
            weights_bytes: 0,
            weights_were_kept: false,
            load_millis: 0.0,
            parameters: parameters::list(&self.model),
        }
    }

    pub fn family(&self) -> Family {
        self.config.family()
    }

    /// The most tokens that go in at once.
    pub fn positions(&self) -> usize {
        self.config.positions()
    }

    pub fn speech(&self) -> Speech {
        self.model.speech()
    }

    /// How text that is replayed or measured is learnt; none where the model says no words.
    pub fn language(&self) -> Option<Language> {
        match self.speech() {
            Speech::NextToken => Some(Language::NextToken),
            Speech::MaskedWord => {
                let marks = self.tokenizer.frame()?;
                let masking = Masking::usual(&marks, self.tokenizer.vocabulary());
                Some(Language::HiddenTokens(masking))
            }
            Speech::Silent => None,
        }
    }

    /// The id that pads: BERT's own, the configured one, or the end of text.
    pub fn pad(&self) -> i32 {
        let own = self.tokenizer.frame().map(|marks| marks.pad);
        own.or(self.config.pad_token_id())
            .or(self.tokenizer.end_of_text())
            .unwrap_or(0)
    }

    /// Whether a text that is being generated ends with this token: one of the configured ones, or the end of text.
    pub fn ends(&self, token: i32) -> bool {
        let configured = self.config.ends().is_some_and(|ends| ends.contains(token));
        configured || self.tokenizer.end_of_text() == Some(token)
    }

    /// The same network before any training, the same each time.
    pub fn untrained(&self) -> Result<Model, EngineError> {
        let seed = Seed::new(0).fork("untrained");
        let model = self.config.untrained(seed, &self.model.device());
        model
            .map(|model| model.no_grad())
            .map_err(|e| EngineError::new(ErrorKind::Model, e))
    }

    /// A prompt's ids, no marks around them; an empty prompt starts after the end of a text.
    pub fn prompt_ids(&self, prompt: &str) -> Result<Vec<i32>, EngineError> {
        let ids = self.tokenizer.ids(prompt);
        let mut ids = ids.map_err(|e| EngineError::new(ErrorKind::Data, e))?;
        if ids.is_empty() {
            ids.push(self.pad());
        }
        Ok(ids)
    }

    /// A text's ids as the model gets them to judge it: at most `length`, BERT's marks among them.
    pub fn text_ids(&self, text: &str, length: usize) -> Result<Vec<i32>, EngineError> {
        let ids = self.prompt_ids(text)?;
        Ok(self.tokenizer.framed(ids, length))
    }
}

/// The tokenizer as a model of this family reads texts with it.
pub fn reading(tokenizer: Tokenizer, family: Family) -> Result<Tokenizer, TokenizerError> {
    match family.is_decoder() {
        true => Ok(tokenizer),
        false => tokenizer.framing(),
    }
}

/// The decoder among models, for what only a decoder does.
pub fn decoder(model: &Model, wish: DecoderWish) -> Result<&Gpt2, EngineError> {
    let decoder = model.decoder();
    decoder.ok_or_else(|| EngineError::new(ErrorKind::State, BaseError::NotADecoder { wish }))
}
