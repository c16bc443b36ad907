//! Modules added beside frozen weights.

pub mod lora;
