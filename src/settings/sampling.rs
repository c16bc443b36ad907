//! How the next token is chosen.

use serde::{Deserialize, Serialize};

/// Greedy, or a draw from the distribution after temperature, then top-k, then top-p: the order of
/// `transformers`' logits processors.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Sampling {
    Greedy,
    Draw {
        temperature: f64,
        /// Keep the k likeliest; 0 keeps all.
        top_k: usize,
        /// Keep the fewest whose probabilities reach p; 1 keeps all.
        top_p: f64,
        seed: u64,
    },
}
