//! Files in and out, in Hugging Face's formats.

pub mod folder;
pub mod peft;
pub mod read_back;
pub mod safetensors;
