//! Training runs: full, partial, the head alone, the biases.

use super::cases::Kind;
use crate::data::batch::Batch;
use crate::faults::Fault;
use crate::model::bert::{Bert, BertConfig};
use crate::model::network::Network;
use crate::verify::cases::fine_tuning::strategy_of;
use crate::verify::harness::CaseResult;
use crate::verify::harness::finding::Reporter;
use crate::verify::harness::inputs::Input;
use crate::verify::harness::one_step::same_name;
use crate::verify::harness::record::Record;
use crate::verify::harness::set;
use crate::verify::harness::tolerance::TRAJECTORY;
use crate::verify::harness::trajectory::Trajectory;

pub async fn check_all(
    kind: &Kind<'_>,
    config: &BertConfig,
    model: &Bert,
    reporter: &mut Reporter<'_>,
) -> CaseResult {
    let stems = set::trajectories(kind.library, &kind.case("traj_"));
    if stems.is_empty() {
        return Ok(());
    }
    let batches = batches(kind, config)?;
    for stem in stems {
        let record = Record::read_at(kind.library, &stem)?;
        let strategy = strategy_of(model, model.bert.encoder.layer.len(), &record, &stem)?;
        let run = Trajectory {
            case: stem.clone(),
            start: model.clone().with_trainable(|name| strategy.trains(name)),
            strategy,
            objective: kind.objective,
            batches: &batches,
            tolerance: TRAJECTORY,
            name: same_name,
            finals: Some(format!("{stem}_final")),
        };
        run.check(kind.library, &record, reporter).await?;
    }
    Ok(())
}

pub fn batches(kind: &Kind, config: &BertConfig) -> Result<Vec<Batch>, Fault> {
    let path = kind.case("batches.json");
    let inputs: Vec<Input> = kind.library.json(&path)?;
    let batch = |input: Input| {
        input.check_within(&path, config.max_position_embeddings, config.vocab_size)?;
        input.labelled(&path)
    };
    inputs.into_iter().map(batch).collect()
}
