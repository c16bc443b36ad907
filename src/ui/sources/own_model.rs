//! A model of the learner's own: what its configuration says, before any weight is read.

use serde::Deserialize;

use crate::protocol::NamedUrl;
use crate::settings::{Family, MemoryNeed, Sizes, TrainingSettings, memory_need};

pub const CONFIG: &str = "config.json";
pub const WEIGHTS: &str = "model.safetensors";
/// Beside the weights where they lie in several files: which tensor is in which.
pub const WEIGHTS_INDEX: &str = "model.safetensors.index.json";
/// Weights as Python's `pickle` writes them.
pub const PICKLED: &str = "pytorch_model.bin";
const TOKENIZER: &str = "tokenizer.json";
const VOCABULARY: &str = "vocab.json";
const MERGES: &str = "merges.txt";

/// Where it is to be loaded from.
#[derive(Debug, Clone, PartialEq)]
pub enum OwnModel {
    /// A folder on the web.
    Folder { name: String, base_url: String },
    /// Files on this machine, under addresses that live as long as the page.
    Files { name: String, files: Vec<NamedUrl> },
}

/// A model to work with, and where it comes from.
#[derive(Debug, Clone, PartialEq)]
pub enum ModelSource {
    /// The folder of this name under `models/`.
    Shipped(String),
    Own(OwnModel),
}

impl ModelSource {
    pub fn name(&self) -> &str {
        match self {
            Self::Shipped(name)
            | Self::Own(OwnModel::Folder { name, .. } | OwnModel::Files { name, .. }) => name,
        }
    }

    /// What tells it from all others: a shipped one's name, else where its weights lie.
    pub fn id(&self) -> &str {
        match self {
            Self::Shipped(name) => name,
            Self::Own(OwnModel::Folder { base_url, .. }) => base_url,
            Self::Own(OwnModel::Files { name, files }) => {
                let is_weights =
                    |file: &&NamedUrl| [WEIGHTS, WEIGHTS_INDEX].contains(&&file.name[..]);
                let weights = files.iter().find(is_weights);
                weights.map_or(name, |file| &file.url)
            }
        }
    }
}

/// A model's configuration, read for its sizes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    pub sizes: Sizes,
    pub heads: usize,
}

/// Why a configuration or a choice of files will not do. The words for it are in `text::own_model`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    MissingFile(&'static str),
    MissingTokenizer,
    Unreadable(String),
    OtherArchitecture(String),
    /// config.json, of a folder at an address.
    NotFetched(NotFetched),
    NoAddress,
    NoHubId,
    /// A model on the Hub that others may not read, or that is not there: the Hub does not tell which.
    NotPublic(String),
    /// A model on the Hub whose makers want to be asked first.
    Gated(String),
    /// The weights are there as `pytorch_model.bin` alone.
    OnlyPickled,
    NoWeights,
    /// A few bytes that stand for the weights, as Git leaves them without its extension for large files.
    Pointer(u64),
}

/// Why there is nothing from an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotFetched {
    NoAnswer,
    BrokeOff,
    Status(u16),
}

#[derive(Deserialize)]
struct Config {
    #[serde(default)]
    model_type: Option<String>,
    #[serde(default)]
    architectures: Option<Vec<String>>,
}

impl Facts {
    pub fn parse(config: &str) -> Result<Self, Problem> {
        let unreadable = |e: serde_json::Error| Problem::Unreadable(e.to_string());
        let kind: Config = serde_json::from_str(config).map_err(unreadable)?;
        let class = kind.architectures.and_then(|all| all.into_iter().next());
        let class = class.unwrap_or_default();
        let family = family(kind.model_type, &class)?;
        let (sizes, heads) = Sizes::of_config(family, config, &class).map_err(unreadable)?;
        Ok(Self { sizes, heads })
    }

    pub fn parameters(&self) -> usize {
        let shapes = self.sizes.parameters(None);
        shapes
            .iter()
            .map(|(_, s)| s.iter().product::<usize>())
            .sum()
    }

    /// What a run with these settings needs.
    pub fn need(&self, settings: &TrainingSettings) -> MemoryNeed {
        memory_need(self.sizes, self.heads, settings)
    }
}

/// By `model_type`; without one by the class that the weights were saved from, and else the usual one.
fn family(model_type: Option<String>, class: &str) -> Result<Family, Problem> {
    match model_type {
        Some(name) => Family::parse(&name).ok_or(Problem::OtherArchitecture(name)),
        None if class.is_empty() => Ok(Family::default()),
        None => {
            let is_its = |family: &Family| class.starts_with(family.facts().class_prefix);
            let found = Family::ALL.into_iter().find(is_its);
            found.ok_or_else(|| Problem::OtherArchitecture(class.to_owned()))
        }
    }
}

/// What is missing among the names of chosen files.
pub fn missing_file(names: &[String]) -> Option<Problem> {
    let has = |wanted: &str| names.iter().any(|name| name == wanted);
    if !has(CONFIG) {
        return Some(Problem::MissingFile(CONFIG));
    }
    // Which others an index asks for, the engine says.
    if !has(WEIGHTS) && !has(WEIGHTS_INDEX) {
        return Some(Problem::MissingFile(WEIGHTS));
    }
    match (has(TOKENIZER), has(VOCABULARY), has(MERGES)) {
        (true, _, _) | (false, true, true) => None,
        (false, false, false) => Some(Problem::MissingTokenizer),
        (false, false, true) => Some(Problem::MissingFile(VOCABULARY)),
        (false, true, false) => Some(Problem::MissingFile(MERGES)),
    }
}

/// The bytes of weights in several files, as their index says them; none where it does not.
pub fn indexed_bytes(index: &str) -> Option<u64> {
    let index: serde_json::Value = serde_json::from_str(index).ok()?;
    index["metadata"]["total_size"].as_u64()
}

/// A short name for a folder's model.
pub fn name_of(folder: &str) -> String {
    let parts = folder.trim_end_matches('/').rsplit('/');
    let mut telling = parts.filter(|part| !["main", "resolve", ""].contains(part));
    telling.next().unwrap_or(folder).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const GPT2: &str = r#"{"model_type":"gpt2","architectures":["GPT2LMHeadModel"],"vocab_size":50257,
        "n_positions":1024,"n_embd":768,"n_layer":12,"n_head":12,"n_inner":null}"#;

    #[test]
    fn the_configuration_alone_tells_the_size() {
        let facts = Facts::parse(GPT2).unwrap();
        assert_eq!(facts.parameters(), 124_439_808);
        let need = facts.need(&TrainingSettings::default());
        assert!(need.total_bytes() > 4 * 124_439_808);
    }

    #[test]
    fn a_bert_is_one_too() {
        let config = |rest: &str| {
            let sizes = r#""vocab_size":30522,"max_position_embeddings":512,"hidden_size":384,
                "num_hidden_layers":6,"num_attention_heads":12,"intermediate_size":1536"#;
            Facts::parse(&format!("{{{sizes},{rest}}}")).unwrap()
        };
        let minilm = config(r#""model_type":"bert","architectures":["BertModel"]"#);
        assert_eq!((minilm.parameters(), minilm.heads), (22_713_216, 12));
        assert_eq!(minilm.sizes.family(), Family::Bert);
        let masked = config(r#""architectures":["BertForMaskedLM"],"type_vocab_size":2"#);
        // Instead of the pooler a layer of the same size, a norm, and a bias a word.
        assert_eq!(masked.parameters(), 22_713_216 + 2 * 384 + 30_522);
        let both = config(r#""architectures":["BertForPreTraining"]"#);
        assert_eq!(both.parameters(), masked.parameters() + 384 * 384 + 384);
    }

    #[test]
    fn another_architecture_is_named() {
        let llama = r#"{"model_type":"llama","hidden_size":64}"#;
        let other = |name: &str| Err(Problem::OtherArchitecture(name.to_owned()));
        assert_eq!(Facts::parse(llama), other("llama"));
        let unnamed = r#"{"architectures":["OPTForCausalLM"]}"#;
        assert_eq!(Facts::parse(unnamed), other("OPTForCausalLM"));
        assert!(matches!(
            Facts::parse("<!doctype html>"),
            Err(Problem::Unreadable(_))
        ));
    }

    #[test]
    fn an_index_may_tell_how_large_the_weights_are() {
        let index = r#"{"metadata":{"total_size":7962568},"weight_map":{}}"#;
        assert_eq!(indexed_bytes(index), Some(7_962_568));
        assert_eq!(indexed_bytes(r#"{"weight_map":{}}"#), None);
    }

    #[test]
    fn missing_files_are_named() {
        let of = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            missing_file(&names)
        };
        assert_eq!(of(&[CONFIG, WEIGHTS, TOKENIZER]), None);
        assert_eq!(of(&[CONFIG, WEIGHTS, VOCABULARY, MERGES]), None);
        assert_eq!(
            of(&[CONFIG, TOKENIZER]),
            Some(Problem::MissingFile(WEIGHTS))
        );
        assert_eq!(of(&[CONFIG, WEIGHTS_INDEX, TOKENIZER]), None);
        assert_eq!(of(&[CONFIG, WEIGHTS]), Some(Problem::MissingTokenizer));
        let without_merges = of(&[CONFIG, WEIGHTS, VOCABULARY]);
        assert_eq!(without_merges, Some(Problem::MissingFile(MERGES)));
    }
}
