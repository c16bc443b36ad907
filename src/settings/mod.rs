//! The vocabulary that every program shares: plain data and pure functions, no tensors.

mod bounds;
mod count;
pub mod divergence;
pub mod family;
mod memory;
mod methods;
pub mod names;
pub mod remedies;
pub mod sampling;
pub mod schedule;
pub mod seed;
mod shapes;
pub mod strategy;
pub mod task;
pub mod training;

pub use count::{Counts, count};
pub use family::Family;
pub use memory::{MemoryNeed, block_activation_bytes, memory_need};
pub use methods::{BottleneckSettings, Ia3Settings, Placement, unmatched_targets};
pub use names::{HEADS, is_head};
pub use remedies::Remedies;
pub use sampling::Sampling;
pub use schedule::{Schedule, ScheduleKind};
pub use seed::Seed;
pub use shapes::{BertSizes, Gpt2Sizes, Sizes};
pub use strategy::{ALL_LINEAR, LoraSettings, Strategy, expand_targets, names_module};
pub use task::Task;
pub use training::{LossDivisor, TrainingSettings, WeightDecayOn};
