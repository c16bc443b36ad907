//! The fields of PEFT's `IA3Config`.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::Ia3Settings;
use crate::faults::{Allowed, PeftError};
use crate::io::peft::BaseShape;
use crate::io::peft::fields::{module_names, must_be_unset, object, read, refuse};
use crate::methods::{PeftFormat, Strategy};

#[derive(Deserialize)]
struct Fields {
    target_modules: Value,
    feedforward_modules: Value,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

impl PeftFormat for Ia3Settings {
    fn peft_type(&self) -> &'static str {
        "IA3"
    }

    fn read(&self, json: &str) -> Result<Strategy, PeftError> {
        parse(json).map(Strategy::Ia3)
    }

    fn fields(&self, base: BaseShape) -> Map<String, Value> {
        object(json!({
            "exclude_modules": null,
            "fan_in_fan_out": base.family.stores_inputs_first(),
            "feedforward_modules": self.feedforward_modules,
            "init_ia3_weights": true,
            "peft_type": self.peft_type(),
            "target_modules": self.target_modules,
        }))
    }

    fn tensors(&self) -> &'static [(&'static str, &'static str)] {
        &[(".ia3.factors", ".ia3_l")]
    }

    /// A row before what is rescaled, a column behind it.
    fn stored_shape(&self, module: &str, shape: &[usize]) -> Vec<usize> {
        let size = shape.iter().product();
        match self.is_feedforward(module) {
            true => vec![1, size],
            false => vec![size, 1],
        }
    }
}

fn parse(json: &str) -> Result<Ia3Settings, PeftError> {
    let fields: Fields = read(json)?;
    must_be_unset(&["exclude_modules"], &fields.rest)?;
    let settings = Ia3Settings {
        target_modules: module_names("target_modules", &fields.target_modules)?,
        feedforward_modules: module_names("feedforward_modules", &fields.feedforward_modules)?,
    };
    match settings.untargeted() {
        Some(name) => refuse("feedforward_modules", name, Allowed::SomeOfTargets),
        None => Ok(settings),
    }
}
