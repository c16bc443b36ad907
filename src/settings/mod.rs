//! The vocabulary that every program shares: plain data and pure functions, no tensors.

mod bounds;
mod count;
pub mod divergence;
pub mod family;
mod memory;
pub mod names;
mod parts;
pub mod remedies;
pub mod sampling;
pub mod schedule;
pub mod seed;
mod shapes;
pub mod task;
pub mod training;

pub use bounds::{Bound, MOST_SIZE};
pub use count::{Counts, count};
pub use family::Family;
pub use memory::{MemoryNeed, block_activation_bytes, memory_need};
pub use names::{HEADS, is_head};
pub use parts::even_parts;
pub use remedies::Remedies;
pub use sampling::Sampling;
pub use schedule::{Schedule, ScheduleKind};
pub use seed::Seed;
pub use shapes::{BertSizes, Gpt2Sizes, Shapes, Sizes};
pub use task::Task;
pub use training::{LossDivisor, TrainingSettings, WeightDecayOn};

pub use crate::methods::{
    BottleneckSettings, Ia3Settings, LoraSettings, PartialSettings, Placement, PrefixSettings,
    PromptSettings, Strategy, StrategyKind,
};
