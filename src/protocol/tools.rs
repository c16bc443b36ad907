//! What the engine's tools find: continued texts, verifications and benchmarks.

use serde::{Deserialize, Serialize};

/// A prompt continued.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Generated {
    pub prompt: String,
    /// With the prompt.
    pub text: String,
    /// New ones.
    pub tokens: usize,
    pub millis: f64,
}

/// One row of `warmup verify`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VerifiedQuantity {
    pub case: String,
    pub quantity: String,
    pub max_absolute_error: f64,
    pub max_relative_error: f64,
    pub tolerance: String,
    pub ok: bool,
}

/// What a verification came to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Verified {
    pub passed: usize,
    pub failed: usize,
    pub millis: f64,
}

/// A benchmark's line, as `warmup bench` prints it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BenchReport {
    pub json: String,
}
