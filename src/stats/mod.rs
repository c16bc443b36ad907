//! What runs are compared by: plain functions on plain numbers, for the page and the engine alike. Each is held to a
//! library or to a sum done by hand; `tests/stats/generate.py` has the library's numbers.

pub mod calibration;
pub mod mcnemar;
pub mod spread;
pub mod threshold;

/// What `tests/stats/generate.py` wrote.
#[cfg(test)]
pub(crate) fn reference() -> serde_json::Value {
    let text = include_str!("../../tests/stats/expected.json");
    serde_json::from_str(text).expect("the reference is JSON")
}
