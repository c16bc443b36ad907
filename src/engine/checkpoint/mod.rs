//! A run in the middle of its training, as a file: enough that a fresh run, made of the same settings, model and data, goes
//! on as if it had never been broken off.
//!
//! The file is safetensors. Its tensors are what trains and AdamW's two moments, the best weights so far where the run
//! keeps them, and the numbers of every step (`steps`: loss, gradient norm, loss of the remedies, milliseconds). Its
//! metadata hold a `Record` in JSON. What follows from the settings is not kept: frozen weights, the order of the
//! batches, dropout masks, anchors and replayed texts come about again as they did.

mod history;
pub mod moments;
mod opened;
mod record;
mod snapshot;

pub use history::{History, Told};
pub use opened::Checkpoint;
pub use record::{Marks, Record, State, content_hash, differing_settings};
pub use snapshot::Snapshot;

/// Before the names of parameters that train.
const TRAINED: &str = "trained.";

/// The same of the best weights so far.
const BEST: &str = "best.";

/// The numbers of the steps, `[steps made, 4]`.
const STEPS: &str = "steps";

/// Where the record stands in the metadata.
const RECORD: &str = "warmup_checkpoint";
