//! The configuration of a fine-tuned model, for transformers to load it by.

use serde_json::{Value, json};

use crate::model::any::Model;
use crate::model::network::Network;

/// What a fine-tuned model was made for.
pub struct Tuning<'a> {
    /// Names of a classification head's rows.
    pub labels: Option<&'a [String]>,
    /// What its loss is, where transformers cannot tell.
    pub problem_type: Option<&'a str>,
    /// The token that pads.
    pub pad: i32,
}

/// The source's own configuration, fields unknown to us included, with what the head needs.
pub fn config(source: &str, model: &Model, tuning: &Tuning) -> Result<String, serde_json::Error> {
    let mut config: Value = serde_json::from_str(source)?;
    config["dtype"] = json!("float32");
    if let Some(architecture) = model.architecture() {
        config["architectures"] = json!([architecture]);
        // It finds a text's last token by it.
        if model.family().is_decoder() {
            config["pad_token_id"] = json!(tuning.pad);
        }
    }
    if let Some(labels) = tuning.labels {
        let numbered = labels.iter().enumerate();
        config["id2label"] = numbered
            .clone()
            .map(|(i, l)| (i.to_string(), json!(l)))
            .collect();
        config["label2id"] = numbered.map(|(i, l)| (l.clone(), json!(i))).collect();
    }
    if let Some(problem_type) = tuning.problem_type {
        config["problem_type"] = json!(problem_type);
    }
    Ok(serde_json::to_string_pretty(&config)? + "\n")
}
