//! Full and partial fine-tuning of the language model.

use burn::module::Module;

use crate::faults::Fault;
use crate::model::gpt2::Gpt2;
use crate::model::parameters;
use crate::settings::{PartialSettings, Strategy};
use crate::train::Objective;
use crate::verify::harness::CaseResult;
use crate::verify::harness::error::wrong;
use crate::verify::harness::finding::Reporter;
use crate::verify::harness::inputs::batches;
use crate::verify::harness::one_step::same_name;
use crate::verify::harness::record::Record;
use crate::verify::harness::set::Set;
use crate::verify::harness::tolerance::TRAJECTORY;
use crate::verify::harness::trajectory::Trajectory;

pub async fn run(set: &Set<'_>, reporter: &mut Reporter<'_>) -> CaseResult {
    let batches = batches(set, "traj/batches.json")?;
    for stem in set.trajectories("traj/", "") {
        let record = Record::read(set, &stem)?;
        let (strategy, start) = prepared(&set.model, &record, &set.path(&stem))?;
        let run = Trajectory {
            case: set.case(&stem),
            start,
            strategy,
            objective: Objective::CausalLm,
            batches: &batches,
            tolerance: TRAJECTORY,
            name: same_name,
            finals: Some(set.path(&format!("{stem}_final"))),
        };
        run.check(set.library, &record, reporter).await?;
    }
    Ok(())
}

/// The strategy that trains what the record says was trained, put into effect.
pub fn prepared(model: &Gpt2, record: &Record, path: &str) -> Result<(Strategy, Gpt2), Fault> {
    let strategy = strategy_of(model, model.transformer.h.len(), record, path)?;
    let model = model.clone().with_trainable(|name| strategy.trains(name));
    Ok((strategy, model))
}

/// The strategy under which just the tensors of the record train.
pub fn strategy_of<M: Module>(
    model: &M,
    blocks: usize,
    record: &Record,
    path: &str,
) -> Result<Strategy, Fault> {
    let names: Vec<String> = parameters::list(model)
        .into_iter()
        .map(|p| p.name)
        .collect();
    let partial = (0..=blocks).map(|n| Strategy::Partial(PartialSettings { frozen_blocks: n }));
    let fits = |strategy: &Strategy| {
        let mut trained: Vec<&String> = names.iter().filter(|n| strategy.trains(n)).collect();
        trained.sort();
        trained.into_iter().eq(&record.trainable)
    };
    let strategy = [Strategy::Full, Strategy::Head, Strategy::BitFit]
        .into_iter()
        .chain(partial)
        .find(fits);
    let reason = "none of full, partial, head and bitfit trains just the tensors listed there";
    strategy.ok_or_else(|| wrong(path, reason))
}
