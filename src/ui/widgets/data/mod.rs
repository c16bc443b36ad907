//! The examples, and the answers that the tuned model gave to them.

pub mod confusion;
pub mod data_peek;
pub mod example_steps;
pub mod labels_curve;
pub mod mistakes;
pub mod text_spans;
pub mod word_counts;
