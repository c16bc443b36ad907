//! The models, each as Hugging Face has it: configuration → weights → forward → tests, one concept a file.
//!
//! Nothing here knows of training, files or pages. Parameter paths are Hugging Face's names.

pub mod any;
pub mod bert;
pub mod gpt2;
pub mod heads;
pub mod network;
pub mod numbers;
pub mod ops;
pub mod parameters;
pub mod parts;
pub mod sampling;
pub mod weights;
