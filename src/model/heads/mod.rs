//! Heads that fine-tuning puts on top of a pre-trained transformer.

pub mod linear;
pub mod sequence_classification;
