//! `adapter_config.json`: which of PEFT's methods can be run, and what must be refused.

mod ia3;
mod lora;
mod virtual_tokens;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{PeftError, heads};
use crate::settings::{Family, HEADS, Strategy};

/// The version whose fields [`AdapterConfig::to_json`] writes.
const PEFT_VERSION: &str = "0.18.1";

/// An adapter's settings, as its own file states them.
#[derive(Debug, Clone, PartialEq)]
pub struct AdapterConfig {
    pub strategy: Strategy,
    /// PEFT's name, `CAUSAL_LM`, `SEQ_CLS`, `TOKEN_CLS` or `QUESTION_ANS`; none where the file leaves it open.
    pub task_type: Option<String>,
    /// The base model's name, where the file gives one.
    pub base_name: Option<String>,
}

/// PEFT's names of tasks without a head of their own.
const LANGUAGE: [&str; 2] = ["CAUSAL_LM", "FEATURE_EXTRACTION"];

/// What every method's file has.
#[derive(Deserialize)]
struct Common {
    peft_type: String,
    #[serde(default)]
    task_type: Option<String>,
    #[serde(default)]
    base_model_name_or_path: Option<String>,
    #[serde(default)]
    modules_to_save: Option<Vec<String>>,
}

impl AdapterConfig {
    /// Reads the file's text. Fields that nobody knows are passed over; those that change the computation in a way
    /// that cannot be run are refused by name. `fan_in_fan_out` is not asked for: GPT-2's `Conv1D` needs it true, and
    /// PEFT itself sets it so whatever the file says.
    pub fn parse(json: &str) -> Result<Self, PeftError> {
        let common: Common = read(json)?;
        let task = common.task_type.as_deref();
        if let Some(task) = task.filter(|t| !LANGUAGE.contains(t) && !heads::is_task(t)) {
            let supported = "CAUSAL_LM, SEQ_CLS, TOKEN_CLS or QUESTION_ANS";
            return refuse("task_type", task, supported);
        }
        let mut saved = common.modules_to_save.iter().flatten();
        if let Some(module) = saved.find(|m| !HEADS.contains(&m.as_str())) {
            return refuse("modules_to_save", module, "a task's head");
        }
        let strategy = match common.peft_type.as_str() {
            "LORA" => Strategy::Lora(lora::parse(json)?),
            "IA3" => Strategy::Ia3(ia3::parse(json)?),
            "PROMPT_TUNING" => Strategy::Prompt {
                virtual_tokens: virtual_tokens::parse(json)?,
            },
            "PREFIX_TUNING" => Strategy::Prefix {
                virtual_tokens: virtual_tokens::parse(json)?,
            },
            other => {
                let supported = "LORA, IA3, PROMPT_TUNING or PREFIX_TUNING";
                return refuse("peft_type", other, supported);
            }
        };
        Ok(Self {
            strategy,
            task_type: common.task_type,
            base_name: common.base_model_name_or_path.filter(|n| !n.is_empty()),
        })
    }

    /// The file as PEFT writes it: every field, sorted, two spaces of indent. `shape` is the base model's. None for a
    /// strategy that PEFT has no format for.
    pub fn to_json(&self, shape: BaseShape) -> Option<String> {
        let mut fields = match &self.strategy {
            Strategy::Lora(settings) => lora::fields(settings),
            Strategy::Ia3(settings) => ia3::fields(settings),
            Strategy::Prompt { virtual_tokens } => virtual_tokens::prompt(*virtual_tokens, shape),
            Strategy::Prefix { virtual_tokens } => virtual_tokens::prefix(*virtual_tokens, shape),
            Strategy::Full | Strategy::Partial { .. } | Strategy::Head => return None,
            Strategy::BitFit | Strategy::Adapter(_) => return None,
        };
        if let Some(fan_in_fan_out) = fields.get_mut("fan_in_fan_out") {
            // GPT-2 alone keeps its weights [in, out].
            *fan_in_fan_out = json!(shape.family == Family::Gpt2);
        }
        let saved = self.task_type.as_deref().map_or(&[][..], heads::saved);
        fields.extend(object(json!({
            "auto_mapping": null,
            "base_model_name_or_path": self.base_name,
            "inference_mode": true,
            "modules_to_save": (!saved.is_empty()).then_some(saved),
            "peft_version": PEFT_VERSION,
            "revision": null,
            "task_type": self.task_type,
        })));
        Some(format!("{:#}", Value::Object(fields)))
    }
}

/// What the file says of the base model.
#[derive(Debug, Clone, Copy)]
pub struct BaseShape {
    pub family: Family,
    pub layers: usize,
    pub heads: usize,
    pub width: usize,
}

fn read<T: serde::de::DeserializeOwned>(json: &str) -> Result<T, PeftError> {
    serde_json::from_str(json).map_err(|e| PeftError::Config(e.to_string()))
}

fn refuse<T>(
    field: &str,
    found: impl std::fmt::Display,
    supported: &'static str,
) -> Result<T, PeftError> {
    Err(PeftError::Unsupported {
        field: field.to_owned(),
        found: found.to_string(),
        supported,
    })
}

fn object(fields: Value) -> Map<String, Value> {
    match fields {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}

/// Refuses the first of `fields` that is set to anything.
fn must_be_unset(fields: &[&str], all: &Map<String, Value>) -> Result<(), PeftError> {
    let mut set = fields
        .iter()
        .filter_map(|field| Some((*field, all.get(*field).filter(|value| is_set(value))?)));
    match set.next() {
        Some((field, value)) => refuse(field, value, "unset"),
        None => Ok(()),
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

/// A list of names. A regular expression is refused.
fn module_names(field: &str, value: &Value) -> Result<Vec<String>, PeftError> {
    let refused = || refuse(field, value, "a list of module names, or all-linear");
    let Value::Array(names) = value else {
        return refused();
    };
    let name = |name: &Value| name.as_str().map(str::to_owned);
    match names.iter().map(name).collect() {
        Some(names) => Ok(names),
        None => refused(),
    }
}
