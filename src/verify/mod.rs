//! Holds this device to the numbers of the reference implementation (transformers + PEFT).
//!
//! A set of cases is a folder with `model/` and `meta.json`; `tests/reference/README.md` says what lies
//! in it. Each file here checks one kind of case. Everything waits asynchronously, because the same code
//! runs in a browser's worker on WebGPU, and nothing is skipped in silence: a file that no check has
//! read is named at the end, and a case that cannot be run is a finding of its own.

mod adapted;
mod adapter;
mod bert;
mod cls;
mod comparison;
mod error;
mod expected;
mod files;
mod finding;
mod r#gen;
mod heads;
mod hf_trainer;
mod inputs;
mod library;
mod lm;
mod masks;
mod one_step;
mod param_counts;
mod record;
mod remedies;
mod schedules;
mod set;
mod tokenizer;
mod tolerance;
mod traj;
mod trajectory;
mod uncovered;
mod words;

use burn::prelude::Device;

use error::CaseError;
use finding::Reporter;
use library::Library;
use set::Set;

use crate::model::parts::{Pass, Tokens};

#[cfg(not(target_arch = "wasm32"))]
pub use files::FolderFiles;
pub use files::{CaseFiles, MapFiles};
pub use finding::{Finding, Summary};

/// How much is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Selection {
    /// Every case.
    All,
    /// What shows in minutes whether a slow device computes right: the forward passes, every kind of adapter and head
    /// with its gradients, and one trajectory of each LoRA case (and the cases that need no device).
    Quick,
}

/// Runs the cases among `files` on `device` and tells `sink` of every quantity as it is known.
pub async fn verify(
    files: &dyn CaseFiles,
    device: &Device,
    selection: Selection,
    sink: &mut dyn FnMut(Finding),
) -> Summary {
    let library = Library::new(files);
    let mut reporter = Reporter::new(sink);
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
        reporter.settle(&path, outcome);
    }
    for folder in library.folders_with("param_counts_gpt2.json") {
        let path = format!("{folder}param_counts_gpt2.json");
        let outcome = param_counts::run(&library, &path, &mut reporter);
        reporter.settle(&path, outcome);
    }
    for folder in library.folders_with("encodings.json") {
        let outcome = tokenizer::run(&library, &folder, &mut reporter);
        reporter.settle(&folder, outcome);
    }
    if reporter.summary().is_empty() {
        let reason = "no reference case lies here; a set is a folder with model/ and meta.json";
        reporter.could_not_run("all", &reason);
    }
    uncovered::report(&library, selection, &mut reporter);
    reporter.into_summary()
}

async fn run_set(
    library: &Library<'_>,
    name: &str,
    device: &Device,
    selection: Selection,
    reporter: &mut Reporter<'_>,
) {
    let set = match Set::open(library, name, device) {
        Ok(set) => set,
        Err(error) => return reporter.could_not_run(&format!("{name}model"), &error),
    };
    if set.has("lm/") {
        let outcome = lm::run(&set, selection, reporter).await;
        reporter.settle(&set.case("lm"), outcome);
    }
    let forward = |ids: &[Vec<i32>], pass: &mut Pass| {
        set.model.transformer.forward(Tokens::new(ids), pass);
    };
    let outcome = masks::run(library, name, &forward, reporter).await;
    reporter.settle(&set.case("masks"), outcome);
    for folder in set.adapters("") {
        let outcome = adapted::run(&set, &folder, selection, reporter).await;
        reporter.settle(&set.case(&folder), outcome);
    }
    for folder in heads::FOLDERS {
        if set.has(folder) {
            let outcome = heads::run(&set, folder, selection, reporter).await;
            reporter.settle(&set.case(folder), outcome);
        }
    }
    if selection == Selection::All {
        run_longer_cases(&set, reporter).await;
    }
}

async fn run_longer_cases(set: &Set<'_>, reporter: &mut Reporter<'_>) {
    if set.has("traj/") {
        let outcome = traj::run(set, reporter).await;
        reporter.settle(&set.case("traj"), outcome);
    }
    if set.has("cls/") {
        let outcome = cls::run(set, reporter).await;
        reporter.settle(&set.case("cls"), outcome);
    }
    if set.has("gen/") {
        let outcome = r#gen::run(set, reporter).await;
        reporter.settle(&set.case("gen"), outcome);
    }
    if set.has("remedies/") {
        let outcome = remedies::run(set, reporter).await;
        reporter.settle(&set.case("remedies"), outcome);
    }
    if set.has("hf_trainer.json") {
        let outcome = hf_trainer::run(set, reporter).await;
        reporter.settle(&set.case("hf_trainer"), outcome);
    }
}

/// What a case gives back when it could be run.
type CaseResult = Result<(), CaseError>;
