//! The methods of fine-tuning, one table of them. A method is a file or folder here: its settings with their bounds and
//! fields, its counts, and its lines in an exported program; and with the feature `engine` the module that it puts into a
//! model, and its part of an adapter's files. Whatever goes through all methods goes through the table;
//! `docs/architecture.md` says how to add one.

mod adapter;
mod bitfit;
pub mod export;
pub mod field;
pub mod fit;
mod full;
mod head;
mod ia3;
mod lora;
mod method;
pub mod names;
mod partial;
mod prefix;
mod prompt;
mod shape;
mod strategy;
mod table;
pub mod targets;
mod virtual_tokens;

#[cfg(feature = "engine")]
mod engine;

pub use adapter::{BottleneckSettings, Placement};
use bitfit::BitFit;
use full::Full;
use head::Head;
pub use ia3::Ia3Settings;
pub use lora::{LoraSettings, ModuleSize};
pub use method::{Adds, Facts, Group, Leaves, Method};
pub use partial::PartialSettings;
pub use prefix::PrefixSettings;
pub use prompt::PromptSettings;
pub use shape::{LinearShape, ModelShape};
use table::methods;

#[cfg(feature = "engine")]
pub use self::{
    adapter::layer::Bottleneck,
    engine::*,
    ia3::layer::Ia3,
    lora::{blend, layer::Lora},
    prefix::layer::Prefix,
    prompt::layer::SoftPrompt,
};

// In the order of the form.
methods! {
    lora: Lora(LoraSettings) beside Lora;
    full: Full;
    partial: Partial(PartialSettings);
    head: Head;
    bitfit: BitFit;
    adapter: Adapter(BottleneckSettings);
    ia3: Ia3(Ia3Settings) beside Ia3;
    prompt: Prompt(PromptSettings);
    prefix: Prefix(PrefixSettings);
}
