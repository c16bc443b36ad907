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
pub mod objective;
pub mod optimizer;
pub mod packed;
pub mod plan;
pub mod replay;
pub mod shares;
pub mod trainer;

pub use anchors::Anchors;
pub use best::BestModel;
pub use fisher::Fisher;
pub use gradients::GradientMap;
pub use learner::Learner;
pub use objective::Objective;
pub use optimizer::AdamW;
pub use packed::{PackedGradients, Packing};
pub use replay::Replay;
pub use shares::{PartOf, Share};
pub use trainer::{Found, StepOutcome, Trainer};
