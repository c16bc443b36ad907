//! Holds this device to the numbers of the reference implementation (transformers + PEFT).
//!
//! A set of cases is a folder with `model/` and `meta.json`; `tests/reference/README.md` says what lies
//! in it. Each file in `cases` checks one kind of case with what lies in `harness`. Everything waits
//! asynchronously, because the same code runs in a browser's worker on WebGPU, and nothing is skipped in silence:
//! a file that no check has read is named at the end, and a case that cannot be run is a finding of its own.

mod cases;
mod harness;

use burn::prelude::Device;

use crate::faults::Fault;
use cases::{bert, param_counts, run_set, schedules, tokenizer};
use harness::finding::Reporter;
use harness::library::Library;
use harness::{set, uncovered};

#[cfg(not(target_arch = "wasm32"))]
pub use harness::files::FolderFiles;
pub use harness::files::{CaseFiles, MapFiles};
pub use harness::finding::{Breathe, Finding, Summary};

/// How much is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Selection {
    /// Every case.
    All,
    /// What shows in minutes whether a slow device computes right: the forward passes, every kind of adapter and head
    /// with its gradients, and one trajectory of each LoRA case (and the cases that need no device).
    Quick,
}

/// Runs the cases among `files` on `device` and tells `sink` of every quantity as it is known; `breathe` is waited for
/// between units of work.
pub async fn verify<'a>(
    files: &dyn CaseFiles,
    device: &Device,
    selection: Selection,
    sink: &'a mut dyn FnMut(Finding),
    breathe: &'a Breathe<'a>,
) -> Summary {
    let library = Library::new(files);
    let mut reporter = Reporter::new(sink, breathe);
    let sets = set::names(&library);
    for name in &sets {
        if bert::is_set(&library, name) {
            bert::run(&library, name, device, selection, &mut reporter).await;
            continue;
        }
        run_set(&library, name, device, selection, &mut reporter).await;
    }
    for folder in library.folders_with("schedules.json") {
        let path = format!("{folder}schedules.json");
        let outcome = schedules::run(&library, &path, &mut reporter);
        reporter.settle(&path, outcome).await;
    }
    for folder in library.folders_with("param_counts_gpt2.json") {
        let path = format!("{folder}param_counts_gpt2.json");
        let outcome = param_counts::run(&library, &path, &mut reporter);
        reporter.settle(&path, outcome).await;
    }
    for folder in library.folders_with("encodings.json") {
        let outcome = tokenizer::run(&library, &folder, &mut reporter);
        reporter.settle(&folder, outcome).await;
    }
    if reporter.summary().is_empty() {
        let reason = "no reference case lies here; a set is a folder with model/ and meta.json";
        reporter.could_not_run("all", Fault::internal(reason));
    }
    uncovered::report(&library, selection, &mut reporter);
    reporter.into_summary()
}
