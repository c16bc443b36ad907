//! The pre-trained model that everything starts from.

use burn::module::Module;
use burn::prelude::Device;
use sha2::{Digest, Sha256};

use super::host::Host;
use crate::data::tokenizer::Tokenizer;
use crate::io::folder::{self, Architecture};
use crate::io::safetensors::ByteSource;
use crate::model::gpt2::{Gpt2, Gpt2Config, RandomWeights};
use crate::model::parameters;
use crate::protocol::{EngineError, ErrorKind, ModelInfo, NamedUrl};
use crate::settings::Seed;

/// Model, tokenizer and what to tell the page of them. `model` wants no gradients; a run clones it.
pub struct Base {
    pub config: Gpt2Config,
    pub model: Gpt2,
    pub tokenizer: Tokenizer,
    pub info: ModelInfo,
}

const WEIGHTS: &str = "model.safetensors";

/// Where the files of a model lie.
pub enum Place {
    /// In a folder, under their usual names; the weights must be these, where a SHA-256 is given.
    Folder { url: String, sha256: Option<String> },
    /// Chosen one by one.
    Files(Vec<NamedUrl>),
}

impl Place {
    fn url(&self, file: &str) -> Option<String> {
        match self {
            Self::Folder { url, .. } => Some(format!("{}/{file}", url.trim_end_matches('/'))),
            Self::Files(files) => {
                let found = files.iter().find(|chosen| chosen.name == file)?;
                Some(found.url.clone())
            }
        }
    }
}

/// Weights on this machine.
pub(super) struct Weights<B> {
    pub body: B,
    url: String,
    pub were_kept: bool,
}

/// SHA-256 in hexadecimal.
fn digest(file: &mut impl ByteSource) -> Result<String, String> {
    const PIECE: u64 = 4 << 20;
    let (mut digest, mut at) = (Sha256::new(), 0);
    while at < file.len() {
        let length = PIECE.min(file.len() - at);
        digest.update(file.read(at, length as usize)?);
        at += length;
    }
    Ok(format!("{:x}", digest.finalize()))
}

/// Fetches the files of one model, and says of each what is wrong with it.
pub(super) struct Fetcher<'a, H> {
    pub host: &'a H,
    pub name: &'a str,
    pub place: Place,
    pub progressed: &'a mut dyn FnMut(&str, u64, Option<u64>),
}

impl<H: Host> Fetcher<'_, H> {
    fn failed(&self, file: &str, reason: &str) -> EngineError {
        let name = self.name;
        EngineError::new(
            ErrorKind::Network,
            format!("The model \"{name}\" could not be fetched: {file}: {reason}."),
        )
    }

    pub fn wrong(&self, reason: impl std::fmt::Display) -> EngineError {
        let name = self.name;
        EngineError::new(
            ErrorKind::Model,
            format!("The model \"{name}\" cannot be used: {reason}."),
        )
    }

    fn url(&self, file: &str) -> Result<String, EngineError> {
        self.place.url(file).ok_or_else(|| {
            self.wrong(format!(
                "{file} is not among the chosen files; choose it with the others"
            ))
        })
    }

    /// `config.json`, if it is of this architecture; without a word about it, it may be.
    pub async fn config(&mut self, wanted: Architecture) -> Result<String, EngineError> {
        let config = self.text("config.json").await?;
        let found = folder::architecture_of(&config).map_err(|e| self.wrong(e))?;
        match found.filter(|found| *found != wanted) {
            None => Ok(config),
            Some(Architecture::Bert) => Err(self.wrong(
                "it is a BERT, which foretells no next token; it can be the encoder, and the base must be a GPT-2",
            )),
            Some(Architecture::Gpt2) => Err(self.wrong(
                "it is a GPT-2, which fills no masks; it can be the base, and the encoder must be a BERT",
            )),
        }
    }

    pub fn check_vocabulary(&self, tokenizer: &Tokenizer, known: usize) -> Result<(), EngineError> {
        let tokens = tokenizer.vocabulary();
        if tokens <= known {
            return Ok(());
        }
        Err(self.wrong(format!(
            "its tokenizer knows {tokens} tokens, its weights only {known}; take both from one model"
        )))
    }

    async fn text(&mut self, file: &str) -> Result<String, EngineError> {
        let url = self.url(file)?;
        let tell = &mut *self.progressed;
        let mut progressed = |received, total| tell(file, received, total);
        let bytes = self.host.fetch(&url, &mut progressed).await;
        let bytes = bytes.map_err(|reason| self.failed(file, &reason))?;
        String::from_utf8(bytes).map_err(|_| self.wrong(format!("{file} is not text in UTF-8")))
    }

    /// The weights: those kept from an earlier visit, if they are the ones wanted; else from where they lie.
    pub async fn weights(&mut self) -> Result<Weights<H::Body>, EngineError> {
        let url = self.url(WEIGHTS)?;
        if let Place::Folder { sha256, .. } = &self.place
            && let Some((body, found)) = self.host.kept(&url).await
            && sha256.as_ref().is_none_or(|wanted| *wanted == found)
        {
            return Ok(Weights {
                body,
                url,
                were_kept: true,
            });
        }
        let tell = &mut *self.progressed;
        let mut progressed = |received, total| tell(WEIGHTS, received, total);
        let body = self.host.open(&url, &mut progressed).await;
        Ok(Weights {
            body: body.map_err(|reason| self.failed(WEIGHTS, &reason))?,
            url,
            were_kept: false,
        })
    }

    /// Keeps weights that have made a model, if they are the ones that were wanted.
    pub async fn keep(&self, mut weights: Weights<H::Body>) -> Result<(), EngineError> {
        let Place::Folder { sha256, .. } = &self.place else {
            return Ok(());
        };
        if weights.were_kept {
            return Ok(());
        }
        let found = digest(&mut weights.body).map_err(|e| self.wrong(e))?;
        if let Some(wanted) = sha256.as_ref().filter(|wanted| **wanted != found) {
            let (found, wanted) = (found.get(..8), wanted.get(..8));
            return Err(self.wrong(format!(
                "{WEIGHTS} is another file (SHA-256 {}…) than the page was made for ({}…); reload the page, and if that does not help, tell who runs it",
                found.unwrap_or_default(),
                wanted.unwrap_or_default(),
            )));
        }
        self.host.keep(&weights.url, &weights.body, &found).await;
        Ok(())
    }

    /// From `tokenizer.json`, or from GPT-2's own two files where there is none.
    pub async fn tokenizer(&mut self) -> Result<Tokenizer, EngineError> {
        let absent = match self.text("tokenizer.json").await {
            Ok(json) => return Tokenizer::from_json(&json).map_err(|e| self.wrong(e)),
            Err(absent) => absent,
        };
        if let Place::Files(_) = self.place
            && self.place.url("vocab.json").is_none()
            && self.place.url("merges.txt").is_none()
        {
            let reason = "there is no tokenizer among the chosen files; choose tokenizer.json, or vocab.json and merges.txt";
            return Err(self.wrong(reason));
        }
        let vocab = match self.text("vocab.json").await {
            Ok(vocab) => vocab,
            // A folder with neither is told of the file that most models have.
            Err(error) => {
                let is_folder = matches!(self.place, Place::Folder { .. });
                return Err(if is_folder { absent } else { error });
            }
        };
        let merges = self.text("merges.txt").await?;
        Tokenizer::from_vocab_and_merges(&vocab, &merges).map_err(|e| self.wrong(e))
    }
}

impl Base {
    /// Fetches configuration, tokenizer and weights. What does not fit is found before the weights are on their way.
    pub async fn fetch<H: Host>(
        host: &H,
        name: &str,
        place: Place,
        device: &Device,
        progressed: &mut dyn FnMut(&str, u64, Option<u64>),
    ) -> Result<Self, EngineError> {
        let started = host.now_millis();
        let mut files = Fetcher {
            host,
            name,
            place,
            progressed,
        };
        let config = files.config(Architecture::Gpt2).await?;
        let config = Gpt2Config::parse(&config).map_err(|e| files.wrong(e))?;
        let tokenizer = files.tokenizer().await?;
        files.check_vocabulary(&tokenizer, config.vocab_size)?;
        let weights = files.weights().await?;
        let model = folder::build(&config, weights.body.clone(), device)
            .map_err(|e| files.wrong(e))?
            .no_grad();
        let (weights_bytes, weights_were_kept) = (weights.body.len(), weights.were_kept);
        files.keep(weights).await?;
        let info = ModelInfo {
            name: name.to_owned(),
            layers: config.n_layer,
            heads: config.n_head,
            width: config.n_embd,
            vocabulary: config.vocab_size,
            context: config.n_positions,
            weights_bytes,
            weights_were_kept,
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
