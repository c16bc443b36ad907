//! Heads that fine-tuning puts on top of a pre-trained transformer.

pub mod linear;
pub mod sequence_classification;

/// Whether a head's module has a bias beside its weight: all but GPT-2's `score`.
pub fn head_has_bias(module: &str) -> bool {
    module != "score"
}

/// What a task asks of the model's top.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Head {
    /// One score for each label of a text.
    Text { labels: usize },
    /// One score for each label of a token.
    Token { labels: usize },
    /// How well an answer would start and end at each token.
    Answer,
    /// The model's own way to say words.
    Words,
}
