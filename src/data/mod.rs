//! Texts on their way to the model.

pub mod batch;
pub mod dataset;
pub mod feed;
pub mod labelled;
pub mod language;
pub mod many_labels;
pub mod masking;
pub mod own;
pub mod passages;
pub mod prompts;
pub mod questions;
pub mod reader;
pub mod stream;
pub mod tagged;
pub mod tokenizer;
pub mod words;
