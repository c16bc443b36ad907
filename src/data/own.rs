//! A file of the learner's own, before anything is trained on it: opened by guess, its columns told apart, its faults
//! found and mended, and read as a data set.

mod columns;
mod faults;
mod names;
mod near;
mod report;
mod rows;
mod sheet;
#[cfg(test)]
mod tests;

pub use report::{Counter, Inspected, inspect};
