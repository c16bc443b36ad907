//! The fields of PEFT's `IA3Config`.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{PeftError, module_names, must_be_unset, object, read, refuse};
use crate::settings::{Ia3Settings, names_module};

#[derive(Deserialize)]
struct Fields {
    target_modules: Value,
    feedforward_modules: Value,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

pub fn parse(json: &str) -> Result<Ia3Settings, PeftError> {
    let fields: Fields = read(json)?;
    must_be_unset(&["exclude_modules"], &fields.rest)?;
    let settings = Ia3Settings {
        target_modules: module_names("target_modules", &fields.target_modules)?,
        feedforward_modules: module_names("feedforward_modules", &fields.feedforward_modules)?,
    };
    let mut feedforward = settings.feedforward_modules.iter();
    match feedforward.find(|name| !names_module(&settings.target_modules, name)) {
        Some(name) => refuse("feedforward_modules", name, "some of target_modules"),
        None => Ok(settings),
    }
}

pub fn fields(settings: &Ia3Settings) -> Map<String, Value> {
    object(json!({
        "exclude_modules": null,
        "fan_in_fan_out": true,
        "feedforward_modules": settings.feedforward_modules,
        "init_ia3_weights": true,
        "peft_type": "IA3",
        "target_modules": settings.target_modules,
    }))
}
