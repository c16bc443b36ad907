//! How answers are counted: plain functions, each held to the library that defines the count.

pub mod counts;
pub mod entities;
pub mod nats;
pub mod spans;
pub mod squad;

pub use counts::{Counts, class_counts, macro_f1, macro_f1_of_labels};
pub use nats::{mean_nats, nats_of};
