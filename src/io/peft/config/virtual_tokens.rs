//! The fields of PEFT's `PromptTuningConfig` and `PrefixTuningConfig`.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{BaseShape, PeftError, object, read, refuse};

#[derive(Deserialize)]
struct Fields {
    num_virtual_tokens: usize,
    #[serde(default)]
    num_transformer_submodules: Option<usize>,
    #[serde(default)]
    prefix_projection: bool,
}

/// How many virtual tokens there are.
pub fn parse(json: &str) -> Result<usize, PeftError> {
    let fields: Fields = read(json)?;
    if fields.num_virtual_tokens == 0 {
        return refuse("num_virtual_tokens", 0, "at least 1");
    }
    if fields.prefix_projection {
        return refuse("prefix_projection", "true", "false");
    }
    match fields.num_transformer_submodules {
        None | Some(1) => Ok(fields.num_virtual_tokens),
        Some(other) => refuse("num_transformer_submodules", other, "1"),
    }
}

pub fn prompt(virtual_tokens: usize, shape: BaseShape) -> Map<String, Value> {
    let mut fields = common(virtual_tokens, shape);
    fields.extend(object(json!({
        "peft_type": "PROMPT_TUNING",
        "prompt_tuning_init": "RANDOM",
        "prompt_tuning_init_text": null,
        "tokenizer_kwargs": null,
        "tokenizer_name_or_path": null,
    })));
    fields
}

pub fn prefix(virtual_tokens: usize, shape: BaseShape) -> Map<String, Value> {
    let mut fields = common(virtual_tokens, shape);
    fields.extend(object(json!({
        "encoder_hidden_size": shape.width,
        "peft_type": "PREFIX_TUNING",
        "prefix_projection": false,
    })));
    fields
}

fn common(virtual_tokens: usize, shape: BaseShape) -> Map<String, Value> {
    object(json!({
        "num_attention_heads": shape.heads,
        "num_layers": shape.layers,
        "num_transformer_submodules": 1,
        "num_virtual_tokens": virtual_tokens,
        "token_dim": shape.width,
    }))
}
