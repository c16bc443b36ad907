//! `adapter_config.json`: which of PEFT's methods can be run, and what must be refused.

use serde::Deserialize;
use serde_json::{Value, json};

use super::fields::{object, read, refuse};
use super::heads;
use crate::faults::{Allowed, PeftError};
use crate::settings::{Family, HEADS, Strategy, StrategyKind};

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
    /// Modules of the base's own that were trained whole and stand in the file: `modules_to_save`, heads apart.
    pub saved_of_base: Vec<String>,
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
            let supported = ["CAUSAL_LM", "SEQ_CLS", "TOKEN_CLS", "QUESTION_ANS"];
            return refuse("task_type", task, Allowed::one_of(&supported));
        }
        let mut methods = StrategyKind::ALL.into_iter().map(StrategyKind::usual);
        let of_type = |method: &Strategy| {
            let peft = method.adapts().peft();
            peft.is_some_and(|peft| peft.peft_type() == common.peft_type)
        };
        let method = methods.find(of_type);
        let Some(peft) = method.as_ref().and_then(|method| method.adapts().peft()) else {
            return refuse("peft_type", &common.peft_type, known_types());
        };
        let strategy = peft.read(json)?;
        let saved = common.modules_to_save.into_iter().flatten();
        Ok(Self {
            strategy,
            task_type: common.task_type,
            base_name: common.base_model_name_or_path.filter(|n| !n.is_empty()),
            saved_of_base: saved.filter(|m| !HEADS.contains(&m.as_str())).collect(),
        })
    }

    /// The file as PEFT writes it: every field, sorted, two spaces of indent. `shape` is the base model's. None for a
    /// strategy that PEFT has no format for.
    pub fn to_json(&self, shape: BaseShape) -> Option<String> {
        let mut fields = self.strategy.adapts().peft()?.fields(shape);
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

/// The types of adapters that can be read.
fn known_types() -> Allowed {
    let mut types = Vec::new();
    for method in StrategyKind::ALL.map(StrategyKind::usual) {
        types.extend(method.adapts().peft().map(|peft| peft.peft_type()));
    }
    Allowed::one_of(&types)
}

/// What the file says of the base model.
#[derive(Debug, Clone, Copy)]
pub struct BaseShape {
    pub family: Family,
    pub layers: usize,
    pub heads: usize,
    pub width: usize,
}
