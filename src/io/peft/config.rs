//! `adapter_config.json`: what of PEFT's `LoraConfig` can be run, and what must be refused.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{PeftError, heads};
use crate::settings::{ALL_LINEAR, HEADS, LoraSettings};

/// The version whose fields [`AdapterConfig::to_json`] writes.
const PEFT_VERSION: &str = "0.18.1";

/// Fields that change the computation when they are set. Those that only say how training began
/// (`init_lora_weights`, `eva_config`, …) are none of a loader's business.
const MUST_BE_UNSET: [&str; 15] = [
    "use_dora",
    "use_qalora",
    "lora_bias",
    "rank_pattern",
    "alpha_pattern",
    "layers_to_transform",
    "layers_pattern",
    "layer_replication",
    "exclude_modules",
    "target_parameters",
    "trainable_token_indices",
    "alora_invocation_tokens",
    "arrow_config",
    "megatron_config",
    "use_bdlora",
];

/// An adapter's settings, as its own file states them.
#[derive(Debug, Clone, PartialEq)]
pub struct AdapterConfig {
    pub settings: LoraSettings,
    /// PEFT's name, `CAUSAL_LM`, `SEQ_CLS`, `TOKEN_CLS` or `QUESTION_ANS`; none where the file leaves it open.
    pub task_type: Option<String>,
}

#[derive(Deserialize)]
struct Fields {
    peft_type: String,
    #[serde(default)]
    task_type: Option<String>,
    r: usize,
    lora_alpha: f64,
    #[serde(default)]
    lora_dropout: f64,
    target_modules: Value,
    #[serde(default)]
    use_rslora: bool,
    #[serde(default)]
    modules_to_save: Option<Vec<String>>,
    #[serde(default)]
    bias: Option<String>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

impl AdapterConfig {
    /// Reads the file's text. `fan_in_fan_out` is not asked for: GPT-2's `Conv1D` needs it true, and PEFT
    /// itself sets it so whatever the file says.
    pub fn parse(json: &str) -> Result<Self, PeftError> {
        let fields: Fields =
            serde_json::from_str(json).map_err(|e| PeftError::Config(e.to_string()))?;
        fields.check()?;
        let settings = LoraSettings {
            rank: fields.r,
            alpha: fields.lora_alpha,
            dropout: fields.lora_dropout,
            target_modules: target_modules(&fields.target_modules)?,
            use_rslora: fields.use_rslora,
        };
        Ok(Self {
            settings,
            task_type: fields.task_type,
        })
    }

    /// The file as PEFT writes it: every field, sorted, two spaces of indent.
    pub fn to_json(&self, base_name: &str) -> String {
        let mut fields = Map::new();
        for field in MUST_BE_UNSET.iter().filter(|field| **field != "use_bdlora") {
            let unset = match *field {
                "rank_pattern" | "alpha_pattern" => json!({}),
                "use_dora" | "use_qalora" | "lora_bias" => json!(false),
                _ => Value::Null,
            };
            fields.insert((*field).to_owned(), unset);
        }
        fields.extend(self.set_fields(base_name));
        format!("{:#}", Value::Object(fields))
    }

    fn set_fields(&self, base_name: &str) -> Map<String, Value> {
        let saved = self.task_type.as_deref().map_or(&[][..], heads::saved);
        let fields = json!({
            "auto_mapping": null,
            "base_model_name_or_path": base_name,
            "bias": "none",
            "corda_config": null,
            "ensure_weight_tying": false,
            "eva_config": null,
            "fan_in_fan_out": true,
            "inference_mode": true,
            "init_lora_weights": true,
            "loftq_config": {},
            "lora_alpha": number(self.settings.alpha),
            "lora_dropout": self.settings.dropout,
            "megatron_core": "megatron.core",
            "modules_to_save": (!saved.is_empty()).then_some(saved),
            "peft_type": "LORA",
            "peft_version": PEFT_VERSION,
            "qalora_group_size": 16,
            "r": self.settings.rank,
            "revision": null,
            "target_modules": self.settings.target_modules,
            "task_type": self.task_type,
            "use_rslora": self.settings.use_rslora,
        });
        match fields {
            Value::Object(fields) => fields,
            _ => Map::new(),
        }
    }
}

impl Fields {
    fn check(&self) -> Result<(), PeftError> {
        let refuse = |field: &str, found: String, supported: &'static str| {
            Err(PeftError::Unsupported {
                field: field.to_owned(),
                found,
                supported,
            })
        };
        if self.peft_type != "LORA" {
            return refuse("peft_type", self.peft_type.clone(), "LORA");
        }
        if let Some(task) = self
            .task_type
            .as_deref()
            .filter(|t| *t != "CAUSAL_LM" && heads::of_task(t).is_none())
        {
            return refuse(
                "task_type",
                task.to_owned(),
                "CAUSAL_LM, SEQ_CLS, TOKEN_CLS or QUESTION_ANS",
            );
        }
        if let Some(bias) = self.bias.as_deref().filter(|b| *b != "none") {
            return refuse("bias", bias.to_owned(), "none");
        }
        if self.r == 0 {
            return refuse("r", "0".to_owned(), "at least 1");
        }
        if !(0.0..1.0).contains(&self.lora_dropout) {
            return refuse(
                "lora_dropout",
                self.lora_dropout.to_string(),
                "at least 0 and below 1",
            );
        }
        let saved = self.modules_to_save.iter().flatten();
        if let Some(module) = saved.into_iter().find(|m| !HEADS.contains(&m.as_str())) {
            return refuse("modules_to_save", module.clone(), "a task's head");
        }
        match MUST_BE_UNSET
            .iter()
            .find_map(|f| Some((f, self.rest.get(*f).filter(|v| is_set(v))?)))
        {
            Some((field, value)) => refuse(field, value.to_string(), "unset"),
            None => Ok(()),
        }
    }
}

/// A list of names, or PEFT's word for every linear layer but the head. A regular expression is refused.
fn target_modules(value: &Value) -> Result<Vec<String>, PeftError> {
    let refused = || PeftError::Unsupported {
        field: "target_modules".to_owned(),
        found: value.to_string(),
        supported: "a list of module names, or all-linear",
    };
    match value {
        Value::String(word) if word == "all-linear" => Ok(ALL_LINEAR.map(str::to_owned).to_vec()),
        Value::Array(names) => names
            .iter()
            .map(|n| n.as_str().map(str::to_owned).ok_or_else(refused))
            .collect(),
        _ => Err(refused()),
    }
}

fn is_set(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(set) => *set,
        Value::Array(items) => !items.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
        Value::Number(_) | Value::String(_) => true,
    }
}

/// Whole numbers without a fraction, as Python writes `lora_alpha=16`.
fn number(value: f64) -> Value {
    if value.fract() == 0.0 && value.abs() < 1e15 {
        json!(value as i64)
    } else {
        json!(value)
    }
}
