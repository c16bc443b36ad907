//! How answers are counted: plain functions, each held to the library that defines the count.

pub mod counts;
pub mod entities;
pub mod spans;
pub mod squad;

pub use counts::{Counts, class_counts, macro_f1};
