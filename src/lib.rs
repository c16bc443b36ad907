//! Warmup teaches fine-tuning by doing it: a small pre-trained GPT-2 trains inside the page.
//!
//! One library, four programs (see `docs/architecture.md`): the page (`ui`), the engine worker built
//! for the CPU and for WebGPU (`engine-cpu`, `engine-gpu`), and the command line (`cli`).
//! Arrows point one way: `ui → protocol → settings`, `engine → {train, data, io} → model → settings`; `methods` has a half
//! beside `settings` and, in the engine, a half beside `model`.

pub mod faults;
pub mod methods;
pub mod protocol;
pub mod settings;
pub mod stats;

#[cfg(feature = "engine")]
pub mod data;
#[cfg(feature = "engine")]
pub mod engine;
#[cfg(feature = "engine")]
pub mod io;
#[cfg(feature = "engine")]
pub mod model;
#[cfg(feature = "engine")]
pub mod train;
#[cfg(feature = "engine")]
pub mod verify;

#[cfg(feature = "cli")]
pub mod cli;

#[cfg(feature = "ui")]
pub mod lessons;
#[cfg(feature = "ui")]
pub mod ui;

#[cfg(any(feature = "cli", feature = "ui"))]
mod words;

#[cfg(test)]
mod rooms;

#[cfg(any(feature = "ui", feature = "worker"))]
mod private_files;
#[cfg(any(feature = "ui", feature = "worker"))]
pub mod weights_store;
