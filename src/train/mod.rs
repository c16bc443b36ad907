//! Training: what moves, how far, and how that is measured.

pub mod anchors;
pub mod best;
pub mod checkpointing;
pub mod class_weights;
pub mod fisher;
pub mod gradients;
pub mod learner;
pub mod loss;
pub mod muon;
pub mod optimizer;
pub mod plan;
pub mod replay;
pub mod trainer;

pub use anchors::Anchors;
pub use best::BestModel;
pub use fisher::Fisher;
pub use gradients::GradientMap;
pub use learner::{Learner, Objective};
pub use optimizer::AdamW;
pub use replay::Replay;
pub use trainer::{StepOutcome, Trainer};
