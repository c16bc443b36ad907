//! Files in and out, in Hugging Face's formats.

pub mod bert;
pub mod bitfit;
pub mod folder;
pub mod peft;
pub mod read_back;
pub mod safetensors;
