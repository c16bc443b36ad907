//! What in an address could not be used, and what it must be.

use crate::faults::SettingsError;

pub fn setting(key: &str, value: &str, problem: &SettingsError) -> String {
    format!("{key}={value}: {problem}")
}

pub fn device(value: &str) -> String {
    format!("device={value}: must be auto, webgpu or cpu")
}

pub fn workers(found: &str, most: usize) -> String {
    format!("workers={found}: must be a number from 1 to {most}")
}

pub fn simd(found: &str) -> String {
    format!("simd={found}: can only be plain, or be left out")
}

pub fn limits(found: &str) -> String {
    format!("limits={found}: can only be default, or be left out")
}

pub fn most_steps(value: &str) -> String {
    format!("most_steps={value}: must be a whole number above 0")
}

pub fn model(value: &str) -> String {
    format!("model={value}: must be the name of a folder under models/")
}

/// A model that other sites have.
pub fn model_missing(name: &str) -> String {
    format!("model={name}: this site was built without it")
}

pub fn workload(value: &str) -> String {
    format!("workload={value}: must be W1 or W2")
}

pub fn steps(value: &str) -> String {
    format!("steps={value}: must be a whole number above 0")
}

pub fn unknown(key: &str) -> String {
    format!("{key}: there is no such setting")
}
