//! Of configurations and weights.

use serde::{Deserialize, Serialize};

use super::Fault;

/// A configuration that this model cannot be built from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ConfigError {
    Unreadable(String),
    /// A field of another value than those that are supported.
    Unsupported {
        field: String,
        found: String,
        supported: Vec<String>,
    },
    SizeZero {
        field: String,
    },
    /// Two fields, each with its value: the heads cannot share the width.
    UnequalHeads {
        width: (String, usize),
        heads: (String, usize),
    },
    /// A special token for which the embedding has no row.
    NoToken {
        field: String,
        id: i32,
        vocabulary: usize,
    },
}

impl ConfigError {
    pub fn unsupported(field: &str, found: &str, supported: &[&str]) -> Self {
        Self::Unsupported {
            field: field.to_owned(),
            found: found.to_owned(),
            supported: supported.iter().map(|value| (*value).to_owned()).collect(),
        }
    }
}

/// A weight that cannot be had.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum WeightError {
    Missing {
        name: String,
    },
    WrongShape {
        name: String,
        found: Vec<usize>,
        expected: Vec<usize>,
    },
    NotFinite {
        name: String,
        index: usize,
    },
    /// The shape is given where the type would do for another one.
    UnknownType {
        name: String,
        dtype: String,
        shape: Option<Vec<usize>>,
    },
    Scale {
        name: String,
        dtype: String,
        rows: usize,
        found: WrongScale,
    },
    Unreadable {
        reason: Box<Fault>,
    },
    /// A tensor that its device does not give back.
    ReadBack {
        name: String,
        reason: String,
    },
}

/// What stands in the place of a quantised matrix's scales.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum WrongScale {
    None,
    Shape(Vec<usize>),
    Type(String),
}

impl WeightError {
    pub fn unreadable(reason: impl Into<Fault>) -> Self {
        Self::Unreadable {
            reason: Box::new(reason.into()),
        }
    }
}
