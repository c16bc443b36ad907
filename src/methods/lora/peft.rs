//! The fields of PEFT's `LoraConfig`.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{LoraSettings, patterns};
use crate::faults::{Allowed, PeftError};
use crate::io::peft::BaseShape;
use crate::io::peft::fields::{module_names, must_be_unset, object, read, refuse};
use crate::methods::targets::owned;
use crate::methods::{PeftFormat, StoredSize, Strategy};
use crate::settings::Family;

/// Fields that change the computation when they are set. Those that only say how training began (`eva_config`, …) are
/// none of a loader's business.
const MUST_BE_UNSET: [&str; 9] = [
    "use_qalora",
    "lora_bias",
    "layer_replication",
    "target_parameters",
    "trainable_token_indices",
    "alora_invocation_tokens",
    "arrow_config",
    "megatron_config",
    "use_bdlora",
];

#[derive(Deserialize)]
struct Fields {
    r: usize,
    lora_alpha: f64,
    #[serde(default)]
    lora_dropout: f64,
    target_modules: Value,
    #[serde(default)]
    use_rslora: bool,
    #[serde(default)]
    use_dora: bool,
    #[serde(default)]
    bias: Option<String>,
    #[serde(default)]
    init_lora_weights: Value,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

impl PeftFormat for LoraSettings {
    fn peft_type(&self) -> &'static str {
        "LORA"
    }

    fn read(&self, json: &str) -> Result<Strategy, PeftError> {
        parse(json).map(Strategy::Lora)
    }

    fn settled(
        &self,
        json: &str,
        linear: &[String],
        family: Family,
    ) -> Result<Option<Strategy>, PeftError> {
        let fields: Fields = read(json)?;
        if !patterns::is_patterned(&fields.target_modules, &fields.rest) {
            return Ok(None);
        }
        let all = owned(family.linear_modules());
        let mut by_module = patterns::by_module(json, linear, &all)?;
        if by_module.is_empty() {
            return Err(PeftError::NothingMatched {
                targets: vec![fields.target_modules.to_string()],
                modules: all,
            });
        }
        let target_modules = by_module.keys().cloned().collect();
        if by_module.values().all(|own| *own == self.usual_size()) {
            by_module.clear();
        }
        Ok(Some(Strategy::Lora(Self {
            target_modules,
            by_module,
            ..self.clone()
        })))
    }

    fn fields(&self, base: BaseShape) -> Map<String, Value> {
        let mut all = fields(self);
        let fan_in_fan_out = json!(base.family.stores_inputs_first());
        all.insert("fan_in_fan_out".to_owned(), fan_in_fan_out);
        all
    }

    fn tensors(&self) -> &'static [(&'static str, &'static str)] {
        &[
            (".lora.a", ".lora_A.weight"),
            (".lora.b", ".lora_B.weight"),
            (".lora.magnitude", ".lora_magnitude_vector"),
        ]
    }

    fn size(&self) -> Option<StoredSize> {
        self.by_module.is_empty().then_some(StoredSize {
            field: "r",
            is: self.rank,
            tensor: ".lora_A.weight",
        })
    }
}

fn parse(json: &str) -> Result<LoraSettings, PeftError> {
    let fields: Fields = read(json)?;
    if let Some(bias) = fields.bias.as_deref().filter(|b| *b != "none") {
        return refuse("bias", bias, Allowed::one_of(&["none"]));
    }
    if fields.r == 0 {
        return refuse("r", 0, Allowed::AtLeastOne);
    }
    if !(0.0..1.0).contains(&fields.lora_dropout) {
        let found = fields.lora_dropout;
        return refuse("lora_dropout", found, Allowed::FromZeroBelowOne);
    }
    check_start(&fields.init_lora_weights)?;
    must_be_unset(&MUST_BE_UNSET, &fields.rest)?;
    Ok(LoraSettings {
        rank: fields.r,
        alpha: fields.lora_alpha,
        dropout: fields.lora_dropout,
        target_modules: target_modules(&fields.target_modules)?,
        use_rslora: fields.use_rslora,
        use_dora: fields.use_dora,
        by_module: BTreeMap::new(),
    })
}

fn fields(settings: &LoraSettings) -> Map<String, Value> {
    let mut fields = Map::new();
    for field in MUST_BE_UNSET.iter().filter(|field| **field != "use_bdlora") {
        let unset = match *field {
            "use_qalora" | "lora_bias" => json!(false),
            _ => Value::Null,
        };
        fields.insert((*field).to_owned(), unset);
    }
    for field in patterns::FIELDS {
        fields.insert(field.to_owned(), Value::Null);
    }
    let ranks = settings
        .own_ranks()
        .map(|(path, rank)| (path.clone(), json!(rank)));
    let alphas = settings
        .own_alphas()
        .map(|(path, alpha)| (path.clone(), number(alpha)));
    fields.extend(object(json!({
        "alpha_pattern": alphas.collect::<Map<_, _>>(),
        "bias": "none",
        "corda_config": null,
        "ensure_weight_tying": false,
        "eva_config": null,
        "init_lora_weights": true,
        "loftq_config": {},
        "lora_alpha": number(settings.alpha),
        "lora_dropout": settings.dropout,
        "megatron_core": "megatron.core",
        "peft_type": "LORA",
        "qalora_group_size": 16,
        "r": settings.rank,
        "rank_pattern": ranks.collect::<Map<_, _>>(),
        "target_modules": settings.target_modules,
        "use_dora": settings.use_dora,
        "use_rslora": settings.use_rslora,
    })));
    fields
}

/// How A and B began matters where PEFT changes the base weights with them, when it loads as when it trained: by
/// `pissa`, `olora`, `corda`, `lora_ga` and `loftq` (also under longer names, as `pissa_niter_16`).
fn check_start(value: &Value) -> Result<(), PeftError> {
    const HARMLESS: [&str; 3] = ["gaussian", "eva", "orthogonal"];
    let supported = Allowed::HarmlessStart;
    match value {
        Value::Null | Value::Bool(_) => Ok(()),
        Value::String(word) if HARMLESS.iter().any(|h| word.eq_ignore_ascii_case(h)) => Ok(()),
        Value::String(word) => refuse("init_lora_weights", word, supported),
        other => refuse("init_lora_weights", other, supported),
    }
}

/// A list of names, or PEFT's word for every linear layer but the head, which is read as the usual family's: the file does
/// not say for what model it is. An expression stands for itself until a model is there.
fn target_modules(value: &Value) -> Result<Vec<String>, PeftError> {
    match value {
        Value::String(word) if word == "all-linear" => {
            Ok(owned(Family::default().linear_modules()))
        }
        Value::String(expression) => Ok(vec![expression.clone()]),
        names => module_names("target_modules", names),
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
