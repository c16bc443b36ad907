//! Files in and out, in Hugging Face's formats.

pub mod adapter;
pub mod byte_source;
pub mod checkpoint;
mod described;
pub mod folder;
#[cfg(not(target_arch = "wasm32"))]
pub mod opening;
pub mod own;
pub mod peft;
mod quantised;
pub mod read_back;
pub mod safetensors;
pub mod shards;
pub mod streamed;
pub mod unzip;
pub mod zip;
