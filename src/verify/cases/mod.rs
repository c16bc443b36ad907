//! One kind of reference case a file.

mod adapted;
pub mod bert;
mod classifier;
mod fine_tuning;
mod generation;
mod heads;
mod hf_trainer;
mod language_model;
mod masks;
pub mod param_counts;
mod remedies;
pub mod schedules;
pub mod tokenizer;
mod words;

use burn::prelude::Device;

use super::Selection;
use super::harness::finding::Reporter;
use super::harness::library::Library;
use super::harness::set::Set;
use crate::model::parts::{Pass, Tokens};

/// Every case of a GPT-2's set.
pub async fn run_set(
    library: &Library<'_>,
    name: &str,
    device: &Device,
    selection: Selection,
    reporter: &mut Reporter<'_>,
) {
    let set = match Set::open(library, name, device) {
        Ok(set) => set,
        Err(reason) => return reporter.could_not_run(&format!("{name}model"), reason),
    };
    if set.has("lm/") {
        let outcome = language_model::run(&set, selection, reporter).await;
        reporter.settle(&set.case("lm"), outcome).await;
    }
    let forward = |ids: &[Vec<i32>], pass: &mut Pass| {
        set.model.transformer.forward(Tokens::new(ids), pass);
    };
    let outcome = masks::run(library, name, &forward, reporter).await;
    reporter.settle(&set.case("masks"), outcome).await;
    for folder in set.adapters("") {
        let outcome = adapted::run(&set, &folder, selection, reporter).await;
        reporter.settle(&set.case(&folder), outcome).await;
    }
    for folder in heads::FOLDERS {
        if set.has(folder) {
            let outcome = heads::run(&set, folder, selection, reporter).await;
            reporter.settle(&set.case(folder), outcome).await;
        }
    }
    if selection == Selection::All {
        run_longer_cases(&set, reporter).await;
    }
}

async fn run_longer_cases(set: &Set<'_>, reporter: &mut Reporter<'_>) {
    if set.has("traj/") {
        let outcome = fine_tuning::run(set, reporter).await;
        reporter.settle(&set.case("traj"), outcome).await;
    }
    if set.has("cls/") {
        let outcome = classifier::run(set, reporter).await;
        reporter.settle(&set.case("cls"), outcome).await;
    }
    if set.has("gen/") {
        let outcome = generation::run(set, reporter).await;
        reporter.settle(&set.case("gen"), outcome).await;
    }
    if set.has("remedies/") {
        let outcome = remedies::run(set, reporter).await;
        reporter.settle(&set.case("remedies"), outcome).await;
    }
    if set.has("hf_trainer.json") {
        let outcome = hf_trainer::run(set, reporter).await;
        reporter.settle(&set.case("hf_trainer"), outcome).await;
    }
}
