//! Fetches the files of one model from where they lie, or takes those kept from an earlier visit.

use sha2::{Digest, Sha256};

use super::super::host::{Host, Stamp};
use crate::data::tokenizer::Tokenizer;
use crate::faults::{BaseError, DataError, Fault};
use crate::io::safetensors::ByteSource;
use crate::io::shards::{self, Shards};
use crate::protocol::{EngineError, ErrorKind, ModelPlace};

const WEIGHTS: &str = "model.safetensors";
/// Beside weights in several files, in place of the one.
const INDEX: &str = "model.safetensors.index.json";

/// Weights on this machine.
pub struct Weights<B> {
    pub body: B,
    url: String,
    /// What the server says of the version that lies there now; asked only where no checksum decides.
    version: Option<String>,
    pub were_kept: bool,
}

impl Stamp {
    /// Whether a kept file is the one that is wanted. A checksum decides where there is one. A folder without one may
    /// have been changed since, and its new configuration must not meet old weights: there the server's word for the
    /// version must be the same, and a server that has none is asked for the file again.
    fn is_what_lies_there(&self, sha256: Option<&str>, version: Option<&str>) -> bool {
        match sha256 {
            Some(wanted) => self.sha256 == wanted,
            None => version.is_some() && self.version.as_deref() == version,
        }
    }
}

/// SHA-256 in hexadecimal.
fn digest(file: &mut impl ByteSource) -> Result<String, Fault> {
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
pub struct Fetcher<'a, H> {
    pub host: &'a H,
    pub name: &'a str,
    pub place: ModelPlace,
    pub progressed: &'a mut dyn FnMut(&str, u64, Option<u64>),
}

impl<H: Host> Fetcher<'_, H> {
    fn failed(&self, file: &str, reason: Fault) -> EngineError {
        let unfetched = BaseError::Unfetched {
            name: self.name.to_owned(),
            file: file.to_owned(),
            reason: Box::new(reason),
        };
        EngineError::new(ErrorKind::Network, unfetched)
    }

    pub fn wrong(&self, reason: impl Into<Fault>) -> EngineError {
        let (name, reason) = (self.name.to_owned(), Box::new(reason.into()));
        EngineError::new(ErrorKind::Model, BaseError::Unusable { name, reason })
    }

    fn url(&self, file: &str) -> Result<String, EngineError> {
        self.place.url(file).ok_or_else(|| {
            let file = file.to_owned();
            self.wrong(BaseError::NotChosen { file })
        })
    }

    pub fn check_vocabulary(&self, tokenizer: &Tokenizer, known: usize) -> Result<(), EngineError> {
        let tokens = tokenizer.vocabulary();
        if tokens <= known {
            return Ok(());
        }
        Err(self.wrong(BaseError::VocabularyTooLarge { tokens, known }))
    }

    pub async fn text(&mut self, file: &str) -> Result<String, EngineError> {
        let url = self.url(file)?;
        let tell = &mut *self.progressed;
        let mut progressed = |received, total| tell(file, received, total);
        let bytes = self.host.fetch(&url, &mut progressed).await;
        let bytes = bytes.map_err(|reason| self.failed(file, reason))?;
        String::from_utf8(bytes).map_err(|_| {
            let file = file.to_owned();
            self.wrong(DataError::NotUtf8 { file })
        })
    }

    /// The weights: those kept from an earlier visit, if they are the ones wanted; else from where they lie.
    pub async fn weights(&mut self) -> Result<Weights<H::Body>, EngineError> {
        let (one, index) = (self.place.url(WEIGHTS), self.place.url(INDEX));
        // Among chosen files there may be the index alone.
        let url = match one.as_ref().or(index.as_ref()) {
            Some(url) => url.clone(),
            None => self.url(WEIGHTS)?,
        };
        let version = self.version(one.into_iter().chain(index)).await;
        if let ModelPlace::Folder { sha256, .. } = &self.place
            && let Some((body, found)) = self.host.kept(&url).await
            && found.is_what_lies_there(sha256.as_deref(), version.as_deref())
        {
            return Ok(Weights {
                body,
                url,
                version,
                were_kept: true,
            });
        }
        let body = match self.open(WEIGHTS).await {
            Ok(body) => body,
            Err(absent) => self.joined().await?.ok_or(absent)?,
        };
        Ok(Weights {
            body,
            url,
            version,
            were_kept: false,
        })
    }

    /// Of the first file that the server has, where no checksum decides.
    async fn version(&self, urls: impl Iterator<Item = String>) -> Option<String> {
        let ModelPlace::Folder { sha256: None, .. } = &self.place else {
            return None;
        };
        for url in urls {
            if let Some(version) = self.host.version(&url).await {
                return Some(version);
            }
        }
        None
    }

    async fn open(&mut self, file: &str) -> Result<H::Body, EngineError> {
        let url = self.url(file)?;
        let tell = &mut *self.progressed;
        let mut progressed = |received, total| tell(file, received, total);
        let body = self.host.open(&url, &mut progressed).await;
        body.map_err(|reason| self.failed(file, reason))
    }

    /// Weights in several files as the one that they make; none where there is no index of them.
    async fn joined(&mut self) -> Result<Option<H::Body>, EngineError> {
        let is_shipped = matches!(
            &self.place,
            ModelPlace::Folder {
                sha256: Some(_),
                ..
            }
        );
        if is_shipped || self.place.url(INDEX).is_none() {
            return Ok(None);
        }
        let Ok(index) = self.text(INDEX).await else {
            return Ok(None);
        };
        let mut files = Vec::new();
        for file in shards::files(&index).map_err(|e| self.wrong(e))? {
            let body = self.open(&file).await?;
            files.push((file, body));
        }
        let shards = Shards::open(files).map_err(|e| self.wrong(e))?;
        let (header, pieces) = shards.into_pieces();
        let joined = self.host.join(header, pieces);
        joined.map(Some).map_err(|e| self.wrong(e))
    }

    /// Keeps weights that have made a model, if they are the ones that were wanted.
    pub async fn keep(&self, mut weights: Weights<H::Body>) -> Result<(), EngineError> {
        let ModelPlace::Folder { sha256, .. } = &self.place else {
            return Ok(());
        };
        if weights.were_kept {
            return Ok(());
        }
        let found = digest(&mut weights.body).map_err(|e| self.wrong(e))?;
        if let Some(wanted) = sha256.as_ref().filter(|wanted| **wanted != found) {
            let start = |digest: &str| digest.get(..8).unwrap_or_default().to_owned();
            return Err(self.wrong(BaseError::OtherWeights {
                file: WEIGHTS.to_owned(),
                found: start(&found),
                wanted: start(wanted),
            }));
        }
        let stamp = Stamp {
            sha256: found,
            version: weights.version,
        };
        self.host.keep(&weights.url, &weights.body, &stamp).await;
        Ok(())
    }

    /// From `tokenizer.json`, or from GPT-2's own two files where there is none.
    pub async fn tokenizer(&mut self) -> Result<Tokenizer, EngineError> {
        let absent = match self.text("tokenizer.json").await {
            Ok(json) => return Tokenizer::from_json(&json).map_err(|e| self.wrong(e)),
            Err(absent) => absent,
        };
        if let ModelPlace::Files(_) = self.place
            && self.place.url("vocab.json").is_none()
            && self.place.url("merges.txt").is_none()
        {
            return Err(self.wrong(BaseError::NoTokenizerChosen));
        }
        let vocab = match self.text("vocab.json").await {
            Ok(vocab) => vocab,
            // A folder with neither is told of the file that most models have.
            Err(error) => {
                let is_folder = matches!(self.place, ModelPlace::Folder { .. });
                return Err(if is_folder { absent } else { error });
            }
        };
        let merges = self.text("merges.txt").await?;
        Tokenizer::from_vocab_and_merges(&vocab, &merges).map_err(|e| self.wrong(e))
    }
}
