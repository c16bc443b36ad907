//! Runs of the real `transformers.Trainer` over the same batches.
//!
//! Where its loss is the model's own, we must follow it. Its causal-LM loss divides by a count that
//! includes labels which are never predicted, so those runs are not ours to follow yet.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::CaseResult;
use super::cls::{classifier, objective};
use super::error::CaseError;
use super::finding::Reporter;
use super::inputs::batches;
use super::one_step::same_name;
use super::record::Record;
use super::set::Set;
use super::tolerance::{CLASSIFIER_TRAJECTORY, TRAJECTORY, TrajectoryTolerance};
use super::traj::prepared;
use super::trajectory::{Trajectory, check_decay_groups};
use crate::data::batch::Batch;
use crate::model::gpt2::Gpt2;
use crate::train::Objective;
use crate::train::loss::IGNORED;

const FULL: &str = "full_wd0_label0_ignored";
const CLASSIFIER: &str = "cls_partial_wd0";

#[derive(Deserialize)]
struct TrainerRun {
    losses: Vec<f64>,
    lrs: Vec<f64>,
    grad_norms: Vec<f64>,
    n_decay: usize,
    n_nodecay: usize,
}

pub async fn run(set: &Set<'_>, reporter: &mut Reporter<'_>) -> CaseResult {
    let mut runs: BTreeMap<String, Value> = set.json("hf_trainer.json")?;
    runs.remove("note");
    if let Some(run) = runs.remove(FULL) {
        let mut batches = batches(set, "traj/batches.json")?;
        for row in batches.iter_mut().flat_map(|batch| &mut batch.labels) {
            row[0] = IGNORED;
        }
        let setting = Setting {
            name: FULL,
            like: "traj/full_wd0",
            model: set.model.clone(),
            objective: Objective::CausalLm,
            tolerance: TRAJECTORY,
            batches,
        };
        setting.check(set, run, reporter).await?;
    }
    if let Some(run) = runs.remove(CLASSIFIER) {
        let setting = Setting {
            name: CLASSIFIER,
            like: "cls/traj_partial_wd0",
            model: classifier(set)?,
            objective: objective(set)?,
            tolerance: CLASSIFIER_TRAJECTORY,
            batches: batches(set, "cls/batches.json")?,
        };
        setting.check(set, run, reporter).await?;
    }
    if !runs.is_empty() {
        let names: Vec<String> = runs.into_keys().collect();
        let reason = "Trainer's own divisor of the causal-LM loss, not covered yet";
        let what = format!("{}: {}", set.path("hf_trainer.json"), names.join(", "));
        reporter.not_covered(what, reason);
    }
    Ok(())
}

struct Setting {
    name: &'static str,
    /// The trajectory that has the same settings.
    like: &'static str,
    model: Gpt2,
    objective: Objective,
    tolerance: TrajectoryTolerance,
    batches: Vec<Batch>,
}

impl Setting {
    async fn check(self, set: &Set<'_>, run: Value, reporter: &mut Reporter<'_>) -> CaseResult {
        let path = set.path(&format!("hf_trainer.json/{}", self.name));
        let run: TrainerRun = serde_json::from_value(run).map_err(|e| CaseError::file(&path, e))?;
        let mut record = Record::read(set, self.like)?;
        record.losses = run.losses;
        record.lrs = run.lrs;
        record.grad_norms = run.grad_norms;
        record.final_loss_on_batch0 = None;
        let (strategy, start) = prepared(&self.model, &record, &path)?;
        let case = set.case(&format!("hf_trainer/{}", self.name));
        check_decay_groups(&case, &start, (run.n_decay, run.n_nodecay), reporter);
        let trajectory = Trajectory {
            case,
            start,
            strategy,
            objective: self.objective,
            batches: &self.batches,
            tolerance: self.tolerance,
            name: same_name,
            finals: None,
        };
        trajectory.check(set.library, &record, reporter).await
    }
}
