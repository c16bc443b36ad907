//! The encoder that stands beside the base model: a BERT that reads a text in both directions.

use burn::module::Module;
use burn::prelude::Device;

use super::base::{Fetcher, Place};
use super::host::Host;
use crate::data::tokenizer::{Marks, Tokenizer};
use crate::io::bert;
use crate::io::folder::Architecture;
use crate::io::safetensors::ByteSource;
use crate::model::bert::{Bert, BertConfig};
use crate::model::parameters;
use crate::protocol::{EncoderInfo, EngineError};

/// Model, tokenizer and what to tell the page of them.
pub struct Encoder {
    pub model: Bert,
    pub config: BertConfig,
    pub tokenizer: Tokenizer,
    pub marks: Marks,
    pub info: EncoderInfo,
}

impl Encoder {
    /// As [`super::base::Base::fetch`]: what does not fit is found before the weights are on their way.
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
        let config = files.config(Architecture::Bert).await?;
        let config = BertConfig::parse(&config).map_err(|e| files.wrong(e))?;
        let tokenizer = files.tokenizer().await?;
        files.check_vocabulary(&tokenizer, config.vocab_size)?;
        let marks = tokenizer.marks().map_err(|e| files.wrong(e))?;
        let weights = files.weights().await?;
        let weights_bytes = weights.body.len();
        let model =
            bert::build(&config, weights.body.clone(), device).map_err(|e| files.wrong(e))?;
        let model = model.no_grad();
        files.keep(weights).await?;
        let info = EncoderInfo {
            name: name.to_owned(),
            layers: config.num_hidden_layers,
            heads: config.num_attention_heads,
            width: config.hidden_size,
            vocabulary: config.vocab_size,
            context: config.max_position_embeddings,
            parameters: parameters::list(&model).iter().map(|p| p.count()).sum(),
            weights_bytes,
            load_millis: host.now_millis() - started,
        };
        Ok(Self {
            model,
            config,
            tokenizer,
            marks,
            info,
        })
    }
}
