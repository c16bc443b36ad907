//! Texts on their way to the model.

pub mod batch;
pub mod feed;
pub mod labelled;
pub mod masking;
pub mod reader;
pub mod stream;
pub mod tokenizer;
