//! Files in and out, in Hugging Face's formats.

pub mod adapter;
pub mod folder;
pub mod own;
pub mod peft;
mod quantised;
pub mod read_back;
pub mod safetensors;
