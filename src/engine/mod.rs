//! The engine: what the worker runs behind the protocol, and what the command line shares with it.

pub mod adapter_files;
pub mod attend;
pub mod base;
#[cfg(test)]
mod base_tests;
pub mod baseline;
#[cfg(test)]
mod beginning_tests;
pub mod bench;
pub mod checkpoint;
#[cfg(test)]
mod checkpoint_tests;
#[cfg(test)]
mod encoder_tests;
pub mod evaluate;
pub mod examples;
pub mod fill;
pub mod general;
pub mod helpers;
pub mod host;
#[cfg(test)]
mod insight_tests;
pub mod inspect;
pub mod keeping;
pub mod metrics;
pub mod one_example;
pub mod perplexity;
pub mod probe;
pub mod prompting;
pub mod proof;
pub mod rehearsal;
pub mod run;
pub mod self_check;
pub mod server;
#[cfg(test)]
mod server_tests;
pub mod take_home;
#[cfg(not(target_arch = "wasm32"))]
pub mod wait;
#[cfg(all(target_arch = "wasm32", feature = "worker"))]
pub mod worker;
