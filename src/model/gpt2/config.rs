//! `config.json` of a GPT-2 checkpoint.

use serde::{Deserialize, Serialize};

/// The fields of `GPT2Config` that decide the computation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Gpt2Config {
    pub vocab_size: usize,
    pub n_positions: usize,
    pub n_embd: usize,
    pub n_layer: usize,
    pub n_head: usize,
    /// Width of the MLP; four times `n_embd` where absent.
    #[serde(default)]
    pub n_inner: Option<usize>,
    #[serde(default = "default_epsilon")]
    pub layer_norm_epsilon: f64,
    #[serde(default = "default_activation")]
    pub activation_function: String,
    #[serde(default)]
    pub model_type: Option<String>,
    #[serde(default)]
    pub bos_token_id: Option<i32>,
    #[serde(default)]
    pub eos_token_id: Option<i32>,
    #[serde(default)]
    pub pad_token_id: Option<i32>,
    #[serde(default)]
    pub id2label: Option<std::collections::BTreeMap<String, String>>,
    /// What the loss of a classification head was.
    #[serde(default)]
    pub problem_type: Option<String>,
    #[serde(default)]
    pub scale_attn_by_inverse_layer_idx: bool,
    #[serde(default = "yes")]
    pub scale_attn_weights: bool,
    #[serde(default)]
    pub add_cross_attention: bool,
    #[serde(default = "yes")]
    pub tie_word_embeddings: bool,
}

fn default_epsilon() -> f64 {
    1e-5
}
fn default_activation() -> String {
    "gelu_new".into()
}
fn yes() -> bool {
    true
}

/// A configuration that this model cannot be built from.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    #[error("config.json cannot be read: {0}")]
    Unreadable(String),
    #[error("config.json: {field} is {found}, but only {supported} is supported")]
    Unsupported {
        field: &'static str,
        found: String,
        supported: &'static str,
    },
    #[error("config.json: {0}")]
    Impossible(String),
}

impl Gpt2Config {
    /// A configuration of the given sizes with GPT-2's own constants.
    pub fn sized(
        vocab_size: usize,
        n_positions: usize,
        n_embd: usize,
        n_layer: usize,
        n_head: usize,
    ) -> Self {
        Self {
            vocab_size,
            n_positions,
            n_embd,
            n_layer,
            n_head,
            n_inner: None,
            layer_norm_epsilon: default_epsilon(),
            activation_function: default_activation(),
            model_type: Some("gpt2".into()),
            bos_token_id: None,
            eos_token_id: None,
            pad_token_id: None,
            id2label: None,
            problem_type: None,
            scale_attn_by_inverse_layer_idx: false,
            scale_attn_weights: true,
            add_cross_attention: false,
            tie_word_embeddings: true,
        }
    }

    pub fn parse(json: &str) -> Result<Self, ConfigError> {
        check_architecture(json)?;
        let config: Self =
            serde_json::from_str(json).map_err(|e| ConfigError::Unreadable(e.to_string()))?;
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> Result<(), ConfigError> {
        let unsupported = |field, found: String, supported| {
            Err(ConfigError::Unsupported {
                field,
                found,
                supported,
            })
        };
        if self.activation_function != "gelu_new" {
            return unsupported(
                "activation_function",
                self.activation_function.clone(),
                "gelu_new",
            );
        }
        if self.scale_attn_by_inverse_layer_idx {
            return unsupported("scale_attn_by_inverse_layer_idx", "true".into(), "false");
        }
        if !self.scale_attn_weights {
            return unsupported("scale_attn_weights", "false".into(), "true");
        }
        if self.add_cross_attention {
            return unsupported("add_cross_attention", "true".into(), "false");
        }
        if !self.tie_word_embeddings {
            return unsupported("tie_word_embeddings", "false".into(), "true");
        }
        let (width, heads) = (("n_embd", self.n_embd), ("n_head", self.n_head));
        let others = [
            ("vocab_size", self.vocab_size),
            ("n_positions", self.n_positions),
        ];
        check_sizes(&others, width, heads)
    }

    /// Width of the MLP.
    pub fn inner(&self) -> usize {
        self.n_inner.unwrap_or(4 * self.n_embd)
    }
}

/// What says whose configuration it is, whatever its other fields.
#[derive(Deserialize)]
struct Architecture {
    #[serde(default)]
    model_type: Option<String>,
    #[serde(default)]
    architectures: Option<Vec<String>>,
}

/// Looks at this first: another architecture calls its sizes otherwise, and would seem to lack them.
fn check_architecture(json: &str) -> Result<(), ConfigError> {
    let named: Architecture =
        serde_json::from_str(json).map_err(|e| ConfigError::Unreadable(e.to_string()))?;
    let unsupported = |field, found| {
        Err(ConfigError::Unsupported {
            field,
            found,
            supported: "gpt2",
        })
    };
    match (named.model_type, named.architectures.unwrap_or_default()) {
        (Some(kind), _) if kind == "gpt2" => Ok(()),
        (Some(other), _) => unsupported("model_type", other),
        (None, classes) => match classes.into_iter().find(|class| !class.starts_with("GPT2")) {
            Some(other) => unsupported("architectures", other),
            None => Ok(()),
        },
    }
}

/// Refuses sizes of 0, and a width that the heads cannot share; each size with its name in the file.
pub fn check_sizes(
    others: &[(&str, usize)],
    width: (&str, usize),
    heads: (&str, usize),
) -> Result<(), ConfigError> {
    let mut sizes = others.iter().chain([&width, &heads]);
    if let Some((field, _)) = sizes.find(|(_, size)| *size == 0) {
        return Err(ConfigError::Impossible(format!(
            "{field} is 0, but must be at least 1"
        )));
    }
    if width.1.is_multiple_of(heads.1) {
        return Ok(());
    }
    Err(ConfigError::Impossible(format!(
        "{} {} does not divide into {} {} equal heads",
        width.0, width.1, heads.0, heads.1
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_architecture_is_named_in_the_error() {
        let json = r#"{"model_type":"bert","vocab_size":9,"n_positions":9,"n_embd":4,"n_layer":1,"n_head":1}"#;
        let error = Gpt2Config::parse(json).unwrap_err().to_string();
        assert!(error.contains("model_type is bert"), "{error}");
    }

    #[test]
    fn heads_must_divide_the_width() {
        let json = r#"{"vocab_size":9,"n_positions":9,"n_embd":10,"n_layer":1,"n_head":3}"#;
        assert!(
            Gpt2Config::parse(json)
                .unwrap_err()
                .to_string()
                .contains("equal heads")
        );
    }
}
