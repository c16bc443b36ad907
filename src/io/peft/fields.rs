//! Fields of an `adapter_config.json`, read, written and refused.

use serde_json::{Map, Value};

use crate::faults::{Allowed, PeftError};

/// The text of a configuration as `T` has it.
pub fn read<T: serde::de::DeserializeOwned>(json: &str) -> Result<T, PeftError> {
    serde_json::from_str(json).map_err(|e| PeftError::Config(e.to_string()))
}

/// Refuses a field that asks for what cannot be run.
pub fn refuse<T>(
    field: &str,
    found: impl std::fmt::Display,
    supported: Allowed,
) -> Result<T, PeftError> {
    Err(PeftError::Unsupported {
        field: field.to_owned(),
        found: found.to_string(),
        supported,
    })
}

/// What `json!({…})` makes, as fields.
pub fn object(fields: Value) -> Map<String, Value> {
    match fields {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}

/// Refuses the first of `fields` that is set to anything.
pub fn must_be_unset(fields: &[&str], all: &Map<String, Value>) -> Result<(), PeftError> {
    let mut set = fields
        .iter()
        .filter_map(|field| Some((*field, all.get(*field).filter(|value| is_set(value))?)));
    match set.next() {
        Some((field, value)) => refuse(field, value, Allowed::Unset),
        None => Ok(()),
    }
}

/// Whether a field says anything.
pub fn is_set(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(set) => *set,
        Value::Array(items) => !items.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
        Value::Number(_) | Value::String(_) => true,
    }
}

/// A list of names. A regular expression is refused.
pub fn module_names(field: &str, value: &Value) -> Result<Vec<String>, PeftError> {
    let refused = || refuse(field, value, Allowed::ModuleNames);
    let Value::Array(names) = value else {
        return refused();
    };
    let name = |name: &Value| name.as_str().map(str::to_owned);
    match names.iter().map(name).collect() {
        Some(names) => Ok(names),
        None => refused(),
    }
}
