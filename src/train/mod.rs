//! Training: what moves, how far, and how that is measured.

pub mod bert_plan;
pub mod class_weights;
pub mod count;
pub mod gradients;
pub mod learner;
pub mod loss;
pub mod optimizer;
pub mod plan;
pub mod trainer;

pub use gradients::GradientMap;
pub use learner::{BertObjective, Learner};
pub use optimizer::AdamW;
pub use trainer::{Objective, StepOutcome, Trainer};
