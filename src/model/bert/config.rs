//! `config.json` of a BERT checkpoint.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::super::gpt2::{check_ids, check_sizes};
use crate::faults::ConfigError;

/// The fields of `BertConfig` that decide the computation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BertConfig {
    pub vocab_size: usize,
    pub hidden_size: usize,
    pub num_hidden_layers: usize,
    pub num_attention_heads: usize,
    pub intermediate_size: usize,
    pub max_position_embeddings: usize,
    #[serde(default = "two")]
    pub type_vocab_size: usize,
    #[serde(default = "default_epsilon")]
    pub layer_norm_eps: f64,
    #[serde(default = "default_activation")]
    pub hidden_act: String,
    #[serde(default)]
    pub model_type: Option<String>,
    #[serde(default)]
    pub pad_token_id: Option<i32>,
    #[serde(default)]
    pub id2label: Option<BTreeMap<String, String>>,
    /// What the loss of a classification head was.
    #[serde(default)]
    pub problem_type: Option<String>,
    #[serde(default = "default_positions")]
    pub position_embedding_type: String,
    #[serde(default)]
    pub is_decoder: bool,
    #[serde(default = "yes")]
    pub tie_word_embeddings: bool,
}

fn two() -> usize {
    2
}
fn default_epsilon() -> f64 {
    1e-12
}
fn default_activation() -> String {
    "gelu".into()
}
fn default_positions() -> String {
    "absolute".into()
}
fn yes() -> bool {
    true
}

impl BertConfig {
    /// A configuration of the given sizes with BERT's own constants.
    pub fn sized(
        vocab_size: usize,
        max_position_embeddings: usize,
        hidden_size: usize,
        num_hidden_layers: usize,
        num_attention_heads: usize,
    ) -> Self {
        Self {
            vocab_size,
            hidden_size,
            num_hidden_layers,
            num_attention_heads,
            intermediate_size: 4 * hidden_size,
            max_position_embeddings,
            type_vocab_size: two(),
            layer_norm_eps: default_epsilon(),
            hidden_act: default_activation(),
            model_type: Some("bert".into()),
            pad_token_id: None,
            id2label: None,
            problem_type: None,
            position_embedding_type: default_positions(),
            is_decoder: false,
            tie_word_embeddings: true,
        }
    }

    pub fn parse(json: &str) -> Result<Self, ConfigError> {
        let config: Self =
            serde_json::from_str(json).map_err(|e| ConfigError::Unreadable(e.to_string()))?;
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> Result<(), ConfigError> {
        let model_type = self.model_type.as_deref().unwrap_or("bert");
        for (field, found, supported) in [
            ("model_type", model_type, "bert"),
            ("hidden_act", &self.hidden_act, "gelu"),
            (
                "position_embedding_type",
                &self.position_embedding_type,
                "absolute",
            ),
            ("is_decoder", word(self.is_decoder), "false"),
            (
                "tie_word_embeddings",
                word(self.tie_word_embeddings),
                "true",
            ),
        ] {
            if found != supported {
                return Err(ConfigError::unsupported(field, found, &[supported]));
            }
        }
        self.check_sizes()
    }

    fn check_sizes(&self) -> Result<(), ConfigError> {
        let others = [
            ("vocab_size", self.vocab_size),
            ("intermediate_size", self.intermediate_size),
            ("max_position_embeddings", self.max_position_embeddings),
            ("type_vocab_size", self.type_vocab_size),
        ];
        let width = ("hidden_size", self.hidden_size);
        check_sizes(
            &others,
            width,
            ("num_attention_heads", self.num_attention_heads),
        )?;
        let pad = self.pad_token_id.map(|id| ("pad_token_id", id));
        check_ids(self.vocab_size, pad.into_iter())
    }
}

fn word(set: bool) -> &'static str {
    if set { "true" } else { "false" }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(changes: &str) -> String {
        let sizes = r#""vocab_size":9,"hidden_size":4,"num_hidden_layers":1,"num_attention_heads":2,
            "intermediate_size":8,"max_position_embeddings":6"#;
        format!("{{{sizes}{changes}}}")
    }

    #[test]
    fn the_usual_constants_stand_where_nothing_is_said() {
        let config = BertConfig::parse(&json("")).unwrap();
        assert_eq!((config.layer_norm_eps, config.type_vocab_size), (1e-12, 2));
    }

    #[test]
    fn what_cannot_be_computed_is_named() {
        for (change, expected) in [
            (r#","model_type":"roberta""#, "model_type is roberta"),
            (r#","hidden_act":"relu""#, "hidden_act is relu"),
            (r#","is_decoder":true"#, "is_decoder is true"),
            (r#","pad_token_id":9"#, "pad_token_id is 9"),
        ] {
            let error = BertConfig::parse(&json(change)).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
        let uneven = json("").replace(r#""num_attention_heads":2"#, r#""num_attention_heads":3"#);
        let error = BertConfig::parse(&uneven).unwrap_err().to_string();
        assert!(error.contains("equal heads"), "{error}");
    }
}
