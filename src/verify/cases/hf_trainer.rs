//! Runs of the real `transformers.Trainer` over the same batches.
//!
//! Its causal-LM loss divides by `num_items_in_batch`, which counts labels that are never predicted; ours
//! does so on request.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::classifier::{classifier, objective};
use super::fine_tuning::prepared;
use crate::data::batch::Batch;
use crate::faults::Fault;
use crate::io::peft::stored_name;
use crate::model::gpt2::Gpt2;
use crate::settings::{LossDivisor, Strategy};
use crate::train::Objective;
use crate::train::loss::IGNORED;
use crate::verify::harness::CaseResult;
use crate::verify::harness::adapter::Adapter;
use crate::verify::harness::error::in_file;
use crate::verify::harness::finding::Reporter;
use crate::verify::harness::inputs::batches;
use crate::verify::harness::one_step::same_name;
use crate::verify::harness::record::Record;
use crate::verify::harness::set::Set;
use crate::verify::harness::tolerance::{CLASSIFIER_TRAJECTORY, TRAJECTORY};
use crate::verify::harness::trajectory::{Course, Trajectory, check_decay_groups};

#[derive(Deserialize)]
struct TrainerRun {
    losses: Vec<f64>,
    lrs: Vec<f64>,
    grad_norms: Vec<f64>,
    n_decay: usize,
    n_nodecay: usize,
}

/// What a run's name says of it.
struct Setting {
    /// The trajectory that has the same settings, but for the divisor of its loss.
    like: String,
    of_classifier: bool,
    /// The folder of the adapter that trains.
    adapter: Option<String>,
    first_label_ignored: bool,
    /// Batches a step.
    accumulated: usize,
}

/// Names that hold no `lora` stand for `WHAT_wdDECAY[_label0_ignored][_accumulated_N]`.
fn setting(name: &str) -> Option<Setting> {
    let (name, accumulated) = match name.split_once("_accumulated_") {
        Some((name, count)) => (name, count.parse().ok()?),
        None => (name, 1),
    };
    let (name, first_label_ignored) = match name.strip_suffix("_label0_ignored") {
        Some(name) => (name, true),
        None => (name, false),
    };
    let (what, decay) = name.rsplit_once("_wd")?;
    let decay = match decay {
        "0" => "wd0",
        "0_01" if what.starts_with("lora_") => "wd0.01",
        "0_01" => "wd0.01_trainer",
        _ => return None,
    };
    let classifier = what.strip_prefix("cls_");
    let adapter = what.starts_with("lora_").then(|| format!("{what}/"));
    let like = match (classifier, &adapter) {
        (Some(what), _) => format!("cls/traj_{what}_{decay}"),
        (None, Some(folder)) => format!("{folder}traj_{decay}"),
        (None, None) => format!("traj/{what}_{decay}"),
    };
    Some(Setting {
        like,
        of_classifier: classifier.is_some(),
        adapter,
        first_label_ignored,
        accumulated,
    })
}

pub async fn run(set: &Set<'_>, reporter: &mut Reporter<'_>) -> CaseResult {
    let mut runs: BTreeMap<String, Value> = set.json("hf_trainer.json")?;
    runs.remove("note");
    for (name, run) in runs {
        let path = set.path(&format!("hf_trainer.json/{name}"));
        let run: TrainerRun =
            serde_json::from_value(run).map_err(|e| in_file(&path, Fault::foreign(e)))?;
        match setting(&name) {
            Some(setting) => setting.check(set, &name, run, reporter).await?,
            None => reporter.not_covered(path, "a setting that this check does not know"),
        }
    }
    Ok(())
}

/// What trains, and what its tensors are called by the reference.
struct Start {
    model: Gpt2,
    strategy: Strategy,
    name: fn(&str) -> String,
}

impl Setting {
    async fn check(
        self,
        set: &Set<'_>,
        name: &str,
        run: TrainerRun,
        reporter: &mut Reporter<'_>,
    ) -> CaseResult {
        let mut record = Record::read(set, &self.like)?;
        record.total /= self.accumulated;
        (record.losses, record.lrs, record.grad_norms) = (run.losses, run.lrs, run.grad_norms);
        record.final_loss_on_batch0 = None;
        let start = self.start(set, &record)?;
        let case = set.case(&format!("hf_trainer/{name}"));
        check_decay_groups(&case, &start.model, (run.n_decay, run.n_nodecay), reporter);
        let batches = self.batches(set)?;
        let (objective, tolerance) = match self.of_classifier {
            true => (objective(set)?, CLASSIFIER_TRAJECTORY),
            false => (Objective::CausalLm, TRAJECTORY),
        };
        let trajectory = Trajectory {
            case,
            start: start.model,
            strategy: start.strategy,
            objective,
            batches: &batches,
            tolerance,
            name: start.name,
            finals: None,
        };
        let mut trainer = trajectory.trainer(&record);
        trainer.loss_divisor = LossDivisor::NumItemsInBatch;
        let course = Course {
            steps: batches.chunks(self.accumulated).collect(),
            replayed: Vec::new(),
        };
        trajectory
            .follow(set.library, &record, trainer, course, reporter)
            .await
    }

    /// What the run goes over, with the labels that it knows.
    fn batches(&self, set: &Set<'_>) -> Result<Vec<Batch>, Fault> {
        let folder = if self.of_classifier { "cls" } else { "traj" };
        let mut batches = batches(set, &format!("{folder}/batches.json"))?;
        if self.first_label_ignored {
            for row in batches.iter_mut().flat_map(|batch| &mut batch.labels) {
                row[0] = IGNORED;
            }
        }
        Ok(batches)
    }

    fn start(&self, set: &Set<'_>, record: &Record) -> Result<Start, Fault> {
        if let Some(folder) = &self.adapter {
            let adapter = Adapter::load(set, folder, set.model.clone())?;
            return Ok(Start {
                strategy: adapter.config.strategy,
                model: adapter.model,
                name: stored_name,
            });
        }
        let base = match self.of_classifier {
            true => classifier(set)?,
            false => set.model.clone(),
        };
        let (strategy, model) = prepared(&base, record, &set.path(&self.like))?;
        let name = same_name;
        Ok(Start {
            model,
            strategy,
            name,
        })
    }
}
