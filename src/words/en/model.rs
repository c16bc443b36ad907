use crate::faults::{ConfigError, WeightError, WrongScale};

use super::fault;

pub fn config(error: &ConfigError) -> String {
    match error {
        ConfigError::Unreadable(reason) => format!("config.json cannot be read: {reason}"),
        ConfigError::Unsupported {
            field,
            found,
            supported,
        } => {
            let supported = supported.join(" or ");
            format!("config.json: {field} is {found}, but only {supported} is supported")
        }
        ConfigError::SizeZero { field } => {
            format!("config.json: {field} is 0, but must be at least 1")
        }
        ConfigError::UnequalHeads { width, heads } => format!(
            "config.json: {} {} does not divide into {} {} equal heads",
            width.0, width.1, heads.0, heads.1
        ),
        ConfigError::NoToken {
            field,
            id,
            vocabulary,
        } => format!(
            "config.json: {field} is {id}, but vocab_size is {vocabulary}: ids go from 0 to {}",
            vocabulary.saturating_sub(1)
        ),
    }
}

pub fn weights(error: &WeightError) -> String {
    match error {
        WeightError::Missing { name } => format!(
            "the weights hold no tensor `{name}`; do config.json and the weights belong to one model?"
        ),
        WeightError::WrongShape {
            name,
            found,
            expected,
        } => format!(
            "tensor `{name}` has shape {found:?}, but the configuration asks for {expected:?}"
        ),
        WeightError::NotFinite { name, index } => {
            format!("tensor `{name}` holds a value that is not a finite number (element {index})")
        }
        WeightError::UnknownType { name, dtype, shape } => format!(
            "tensor `{name}` has type {dtype}{}; F64, F32, F16, BF16 and, for matrices with a scale for each row, I8 and U8 can be read",
            beside_type(shape.as_deref())
        ),
        WeightError::Scale {
            name,
            dtype,
            rows,
            found,
        } => format!(
            "tensor `{name}` is stored as {dtype}, so `{name}.scale` must hold an F32, F16 or BF16 number for each of \
             its {rows} rows, but {}",
            scale(found)
        ),
        WeightError::Unreadable { reason } => {
            format!("the weights cannot be read: {}", fault(reason))
        }
        WeightError::ReadBack { name, reason } => {
            format!("tensor `{name}` cannot be read back: {reason}")
        }
    }
}

fn beside_type(shape: Option<&[usize]>) -> String {
    shape.map_or_else(String::new, |shape| format!(" and shape {shape:?}"))
}

fn scale(found: &WrongScale) -> String {
    match found {
        WrongScale::None => "the file holds none".to_owned(),
        WrongScale::Shape(shape) => format!("it has shape {shape:?}"),
        WrongScale::Type(dtype) => format!("it has type {dtype}"),
    }
}
