//! A model of any architecture, for whatever does not care which.

use std::collections::BTreeMap;

use burn::module::Module;
use burn::prelude::*;

use super::bert::{self, Bert, BertConfig};
use super::gpt2::{self, EndIds, Gpt2, Gpt2Config};
use super::heads::Head;
use super::network::Network;
use super::parts::{Pass, Tokens};
use super::weights::StoredWeights;
use crate::faults::{ConfigError, WeightError};
use crate::methods::{Beside, LinearAt};
use crate::protocol::Speech;
use crate::settings::{Family, Seed, Strategy};

/// Parameters keep the names that they have in the model itself.
#[allow(clippy::large_enum_variant)] // there is one of it, and tensors are handles
#[derive(Module, Debug)]
pub enum Model {
    Gpt2(Gpt2),
    Bert(Bert),
}

/// What its `config.json` says.
#[derive(Debug, Clone, PartialEq)]
pub enum ModelConfig {
    Gpt2(Gpt2Config),
    Bert(BertConfig),
}

impl ModelConfig {
    /// Of the architecture that `model_type` names; a GPT-2 where it names none.
    pub fn parse(json: &str) -> Result<Self, ConfigError> {
        #[derive(serde::Deserialize)]
        struct Named {
            model_type: Option<String>,
        }
        let named: Named =
            serde_json::from_str(json).map_err(|e| ConfigError::Unreadable(e.to_string()))?;
        let usual = Family::default().name();
        let name = named.model_type.as_deref().unwrap_or(usual);
        match Family::parse(name) {
            Some(Family::Gpt2) => Gpt2Config::parse(json).map(Self::Gpt2),
            Some(Family::Bert) => BertConfig::parse(json).map(Self::Bert),
            None => Err(ConfigError::unsupported(
                "model_type",
                name,
                &Family::ALL.map(Family::name),
            )),
        }
    }

    /// The model with its weights, and with what else of its pre-training is stored; heads of tasks apart.
    pub fn load(
        &self,
        weights: &mut impl StoredWeights,
        device: &Device,
    ) -> Result<Model, WeightError> {
        match self {
            Self::Gpt2(config) => Gpt2::load(config, weights, device).map(Model::Gpt2),
            Self::Bert(config) => Bert::load_whole(config, weights, device).map(Model::Bert),
        }
    }

    /// The model before any training, without heads.
    pub fn untrained(&self, seed: Seed, device: &Device) -> Result<Model, WeightError> {
        match self {
            Self::Gpt2(config) => {
                let mut weights = gpt2::RandomWeights::new(seed, config.n_layer);
                Gpt2::load(config, &mut weights, device).map(Model::Gpt2)
            }
            Self::Bert(config) => {
                let mut weights = bert::RandomWeights::new(seed);
                Bert::load(config, &mut weights, device).map(Model::Bert)
            }
        }
    }

    /// As [`Self::parse`] reads it.
    pub fn json(&self) -> String {
        let json = match self {
            Self::Gpt2(config) => serde_json::to_string(config),
            Self::Bert(config) => serde_json::to_string(config),
        };
        json.expect("a configuration has plain fields only")
    }

    pub fn family(&self) -> Family {
        match self {
            Self::Gpt2(_) => Family::Gpt2,
            Self::Bert(_) => Family::Bert,
        }
    }

    pub fn vocabulary(&self) -> usize {
        match self {
            Self::Gpt2(config) => config.vocab_size,
            Self::Bert(config) => config.vocab_size,
        }
    }

    /// The most tokens that go in at once.
    pub fn positions(&self) -> usize {
        match self {
            Self::Gpt2(config) => config.n_positions,
            Self::Bert(config) => config.max_position_embeddings,
        }
    }

    pub fn layers(&self) -> usize {
        match self {
            Self::Gpt2(config) => config.n_layer,
            Self::Bert(config) => config.num_hidden_layers,
        }
    }

    pub fn pad_token_id(&self) -> Option<i32> {
        match self {
            Self::Gpt2(config) => config.pad_token_id,
            Self::Bert(config) => config.pad_token_id,
        }
    }

    /// What ends a text, where the model says texts.
    pub fn ends(&self) -> Option<&EndIds> {
        match self {
            Self::Gpt2(config) => Some(&config.eos_token_id),
            Self::Bert(_) => None,
        }
    }

    /// Names of a head's outputs.
    pub fn id2label(&self) -> Option<&BTreeMap<String, String>> {
        match self {
            Self::Gpt2(config) => config.id2label.as_ref(),
            Self::Bert(config) => config.id2label.as_ref(),
        }
    }

    /// What the loss of a classification head was.
    pub fn problem_type(&self) -> Option<&str> {
        match self {
            Self::Gpt2(config) => config.problem_type.as_deref(),
            Self::Bert(config) => config.problem_type.as_deref(),
        }
    }
}

/// The same call on whichever model it is.
macro_rules! each {
    ($model:expr, $inner:ident => $call:expr) => {
        match $model {
            Model::Gpt2($inner) => $call,
            Model::Bert($inner) => $call,
        }
    };
}

/// The same, where a model comes back.
macro_rules! each_changed {
    ($model:expr, $inner:ident => $call:expr) => {
        match $model {
            Model::Gpt2($inner) => Model::Gpt2($call),
            Model::Bert($inner) => Model::Bert($call),
        }
    };
}

impl Model {
    /// The decoder, for what only a decoder does.
    pub fn decoder(&self) -> Option<&Gpt2> {
        match self {
            Self::Gpt2(model) => Some(model),
            Self::Bert(_) => None,
        }
    }

    /// The encoder, for what only an encoder does.
    pub fn encoder(&self) -> Option<&Bert> {
        match self {
            Self::Bert(model) => Some(model),
            Self::Gpt2(_) => None,
        }
    }
}

impl Network for Model {
    fn family(&self) -> Family {
        each!(self, model => model.family())
    }

    fn architecture(&self) -> Option<&'static str> {
        each!(self, model => model.architecture())
    }

    fn speech(&self) -> Speech {
        each!(self, model => model.speech())
    }

    fn hidden(&self, tokens: Tokens, pass: &mut Pass) -> Tensor<2> {
        each!(self, model => model.hidden(tokens, pass))
    }

    fn text_rows(&self, ids: &[Vec<i32>], pad: Option<i32>) -> Vec<i32> {
        each!(self, model => model.text_rows(ids, pad))
    }

    fn text_logits(&self, read: Tensor<2>, pass: &mut Pass) -> Option<Tensor<2>> {
        each!(self, model => model.text_logits(read, pass))
    }

    fn token_logits(&self, hidden: Tensor<2>) -> Option<Tensor<2>> {
        each!(self, model => model.token_logits(hidden))
    }

    fn answer_logits(&self, hidden: Tensor<2>) -> Option<Tensor<2>> {
        each!(self, model => model.answer_logits(hidden))
    }

    fn next_logits(&self, hidden: Tensor<2>, batch: usize, pass: &mut Pass) -> Option<Tensor<2>> {
        each!(self, model => model.next_logits(hidden, batch, pass))
    }

    fn word_logits(&self, hidden: Tensor<2>, pass: &mut Pass) -> Option<Tensor<2>> {
        each!(self, model => model.word_logits(hidden, pass))
    }

    fn word_loss(&self, hidden: Tensor<2>, words: &[i32], pass: &mut Pass) -> Option<Tensor<1>> {
        each!(self, model => model.word_loss(hidden, words, pass))
    }

    fn with_only_head(self, head: Head, own_fits: bool, seed: &Seed) -> Self {
        each_changed!(self, model => model.with_only_head(head, own_fits, seed))
    }

    fn stripped_for(self, head: Head) -> Self {
        each_changed!(self, model => model.stripped_for(head))
    }

    fn with_words_of(self, other: &Self) -> Self {
        match (self, other) {
            (Self::Gpt2(model), Self::Gpt2(other)) => Self::Gpt2(model.with_words_of(other)),
            (Self::Bert(model), Self::Bert(other)) => Self::Bert(model.with_words_of(other)),
            (model, _) => model,
        }
    }

    fn head_modules(&self) -> &'static [&'static str] {
        each!(self, model => model.head_modules())
    }

    fn with_stored_head(self, module: &str, weight: TensorData, bias: Option<TensorData>) -> Self {
        each_changed!(self, model => model.with_stored_head(module, weight, bias))
    }

    fn with_strategy(self, strategy: &Strategy, seed: &mut Seed) -> Self {
        each_changed!(self, model => model.with_strategy(strategy, seed))
    }

    fn merged(self) -> Self {
        each_changed!(self, model => model.merged())
    }

    fn map_beside(
        self,
        change: &mut dyn FnMut(&LinearAt, Option<Beside>) -> Option<Beside>,
    ) -> Self {
        each_changed!(self, model => Network::map_beside(model, change))
    }

    fn has_head(&self) -> bool {
        each!(self, model => Network::has_head(model))
    }

    fn virtual_tokens(&self) -> usize {
        each!(self, model => model.virtual_tokens())
    }

    fn positions(&self) -> usize {
        each!(self, model => model.positions())
    }

    fn blocks(&self) -> usize {
        each!(self, model => model.blocks())
    }

    fn attention_heads(&self) -> usize {
        each!(self, model => model.attention_heads())
    }

    fn width(&self) -> usize {
        each!(self, model => Network::width(model))
    }

    fn device(&self) -> Device {
        each!(self, model => Network::device(model))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::parameters;

    #[test]
    fn parameters_are_called_as_in_the_model_itself() {
        let config = crate::model::gpt2::Gpt2Config::sized(11, 8, 6, 2, 2);
        let mut weights = crate::model::gpt2::RandomWeights::new(Seed::new(1), 2);
        let gpt2 = Gpt2::load(&config, &mut weights, &Device::flex()).unwrap();
        let (own, any) = (
            parameters::list(&gpt2),
            parameters::list(&Model::Gpt2(gpt2)),
        );
        assert_eq!(own, any);
        assert!(own.iter().any(|p| p.name == "transformer.h.1.ln_1.bias"));
    }
}
