//! `config.json` of a GPT-2 checkpoint.

use serde::{Deserialize, Serialize};

use super::token_ids::{EndIds, check_ids};
use crate::faults::ConfigError;

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
    pub eos_token_id: EndIds,
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
            eos_token_id: EndIds::default(),
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
        let mut config: Self =
            serde_json::from_str(json).map_err(|e| ConfigError::Unreadable(e.to_string()))?;
        config.forget_default_ids();
        config.check()?;
        Ok(config)
    }

    /// transformers writes GPT-2's own end of text into the configuration of every GPT-2 that was not told another one,
    /// also where the vocabulary is smaller. Nothing is lost: no text can hold it.
    fn forget_default_ids(&mut self) {
        const END_OF_TEXT: i32 = 50_256;
        if self.vocab_size > END_OF_TEXT as usize {
            return;
        }
        self.bos_token_id = self.bos_token_id.filter(|id| *id != END_OF_TEXT);
        if self.eos_token_id.first() == Some(END_OF_TEXT) {
            self.eos_token_id = EndIds::default();
        }
    }

    /// The special tokens that the file names.
    fn ids(&self) -> impl Iterator<Item = (&'static str, i32)> {
        let one = |field, id: Option<i32>| id.map(|id| (field, id));
        let ends = self.eos_token_id.iter().map(|id| ("eos_token_id", id));
        one("bos_token_id", self.bos_token_id)
            .into_iter()
            .chain(one("pad_token_id", self.pad_token_id))
            .chain(ends)
    }

    fn check(&self) -> Result<(), ConfigError> {
        let unsupported = |field, found: &str, supported| {
            Err(ConfigError::unsupported(field, found, &[supported]))
        };
        if self.activation_function != "gelu_new" {
            return unsupported("activation_function", &self.activation_function, "gelu_new");
        }
        if self.scale_attn_by_inverse_layer_idx {
            return unsupported("scale_attn_by_inverse_layer_idx", "true", "false");
        }
        if !self.scale_attn_weights {
            return unsupported("scale_attn_weights", "false", "true");
        }
        if self.add_cross_attention {
            return unsupported("add_cross_attention", "true", "false");
        }
        if !self.tie_word_embeddings {
            return unsupported("tie_word_embeddings", "false", "true");
        }
        let (width, heads) = (("n_embd", self.n_embd), ("n_head", self.n_head));
        let others = [
            ("vocab_size", self.vocab_size),
            ("n_positions", self.n_positions),
        ];
        check_sizes(&others, width, heads)?;
        check_ids(self.vocab_size, self.ids())
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
    let unsupported =
        |field, found: String| Err(ConfigError::unsupported(field, &found, &["gpt2"]));
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
        let field = (*field).to_owned();
        return Err(ConfigError::SizeZero { field });
    }
    if width.1.is_multiple_of(heads.1) {
        return Ok(());
    }
    let owned = |(field, size): (&str, usize)| (field.to_owned(), size);
    Err(ConfigError::UnequalHeads {
        width: owned(width),
        heads: owned(heads),
    })
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

    #[test]
    fn ids_of_special_tokens_are_tokens() {
        let with = |field: &str, ids: &str| {
            let sizes = r#""vocab_size":9,"n_positions":9,"n_embd":4,"n_layer":1,"n_head":1"#;
            Gpt2Config::parse(&format!("{{{sizes},\"{field}\":{ids}}}"))
        };
        for (field, ids, named) in [
            ("pad_token_id", "9", "is 9"),
            ("pad_token_id", "-1", "is -1"),
            ("bos_token_id", "12", "is 12"),
            ("eos_token_id", "[8, 10]", "is 10"),
        ] {
            let error = with(field, ids).unwrap_err().to_string();
            assert!(error.contains(field) && error.contains(named), "{error}");
            assert!(error.contains("from 0 to 8"), "{error}");
        }
        let several = with("eos_token_id", "[8, 0]").unwrap().eos_token_id;
        assert!(several.contains(8) && several.contains(0) && !several.contains(1));
        assert_eq!(several.first(), Some(8));
        // What transformers writes where nobody said anything.
        assert_eq!(
            with("eos_token_id", "50256").unwrap().eos_token_id.first(),
            None
        );
        assert_eq!(with("bos_token_id", "50256").unwrap().bos_token_id, None);
    }
}
