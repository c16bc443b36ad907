//! Fine-tuning programs in Python: read, mended and exported.

pub mod annotated;
pub mod debug_program;
pub mod export_script;
pub mod line;
pub mod lora_program;
pub mod program_view;
pub mod rate_puzzle;
pub mod trainer_program;
