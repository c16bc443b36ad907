//! Sequence classification: the head, its choice of token, gradients, trajectories, and an adapter.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::fine_tuning::prepared;
use crate::faults::Fault;
use crate::io::peft::stored_name;
use crate::io::safetensors::NamedTensor;
use crate::model::gpt2::Gpt2;
use crate::model::heads::sequence_classification::{Score, pooled_index};
use crate::model::numbers;
use crate::model::parts::Pass;
use crate::settings::Strategy;
use crate::train::Objective;
use crate::verify::harness::CaseResult;
use crate::verify::harness::adapter::Adapter;
use crate::verify::harness::comparison::{Comparison, exactly};
use crate::verify::harness::error::{in_file, wrong};
use crate::verify::harness::expected::ExpectedTensors;
use crate::verify::harness::finding::Reporter;
use crate::verify::harness::inputs::{Input, batches};
use crate::verify::harness::one_step::{ExpectedLosses, OneStep, same_name};
use crate::verify::harness::record::Record;
use crate::verify::harness::set::{Set, read_config, read_model};
use crate::verify::harness::tolerance::{ACTIVATIONS, CLASSIFIER_TRAJECTORY, TRAJECTORY};
use crate::verify::harness::trajectory::Trajectory;

/// `cls/cases.json`.
#[derive(Deserialize)]
struct Cases {
    pad_token_id: Option<i32>,
    labels_batch: Vec<i32>,
    pooled_index: BTreeMap<String, Vec<usize>>,
    loss: ExpectedLosses,
    inputs: BTreeMap<String, Input>,
}

impl Cases {
    fn read(set: &Set) -> Result<Self, Fault> {
        let cases: Self = set.json("cls/cases.json")?;
        for input in cases.inputs.values() {
            input.check(&set.path("cls/cases.json"), &set.config)?;
        }
        Ok(cases)
    }

    fn batch(&self, set: &Set) -> Result<&Input, Fault> {
        let missing = || wrong(&set.path("cls/cases.json"), "inputs.batch is missing");
        self.inputs.get("batch").ok_or_else(missing)
    }

    fn labels(&self) -> Vec<Vec<i32>> {
        self.labels_batch.iter().map(|label| vec![*label]).collect()
    }

    fn objective(&self) -> Objective {
        Objective::SequenceClassification {
            pad: self.pad_token_id,
        }
    }
}

pub async fn run(set: &Set<'_>, reporter: &mut Reporter<'_>) -> CaseResult {
    let cases = Cases::read(set)?;
    let model = classifier(set)?;
    forwards(set, &cases, &model, reporter).await?;
    let step = OneStep {
        case: &set.case("cls/batch"),
        model: &model.clone().with_trainable(|_| true),
        objective: cases.objective(),
        batch: &cases.batch(set)?.batch(cases.labels()),
        gradients: &set.path("cls/grads"),
        name: same_name,
        expected: Some(&cases.loss.f32),
    };
    step.check(set.library, reporter).await?;
    trajectories(set, &cases, &model, reporter).await?;
    for folder in set.adapters("cls/") {
        reporter.breathe().await;
        adapter(set, &cases, &model, &folder, reporter).await?;
    }
    Ok(())
}

/// `cls/model/` whole, or the set's own transformer with the head that lies there.
pub fn classifier(set: &Set) -> Result<Gpt2, Fault> {
    let folder = set.path("cls/model/");
    let config = read_config(set.library, &format!("{folder}config.json"))?;
    if set.has("cls/model/model.safetensors") {
        return read_model(set.library, &folder, &config, &set.device);
    }
    let path = format!("{folder}score.safetensors");
    let mut file = set.library.tensors(&path)?;
    let labels = file
        .tensors()
        .get("score.weight")
        .and_then(|shape| shape.first().copied());
    let score = Score::load(labels.unwrap_or(0), config.n_embd, &mut file, &set.device)
        .map_err(|e| in_file(&path, e))?;
    Ok(set
        .model
        .clone()
        .with_score(score)
        .with_trainable(|_| false))
}

async fn logits(
    case: &str,
    name: &str,
    model: &Gpt2,
    input: &Input,
    pad: Option<i32>,
    expected: &ExpectedTensors,
    reporter: &mut Reporter<'_>,
) -> CaseResult {
    let logits = model
        .classify(input.tokens(), pad, &mut Pass::default())
        .ok_or_else(|| Fault::internal("the classifier has no score head"))?;
    let shape = logits.dims().to_vec();
    let values = numbers::values(name, logits).await?;
    let ours = NamedTensor {
        name: name.to_owned(),
        shape,
        values,
    };
    let mut comparison = Comparison::new(case, "logits", ACTIVATIONS);
    expected.compare(name, &ours, &mut comparison, &|_, _| true);
    reporter.quantity(comparison.finish());
    Ok(())
}

async fn forwards(
    set: &Set<'_>,
    cases: &Cases,
    model: &Gpt2,
    reporter: &mut Reporter<'_>,
) -> CaseResult {
    let expected = ExpectedTensors::load(set.library, &set.path("cls/fwd"))?;
    for (name, input) in &cases.inputs {
        reporter.breathe().await;
        let case = set.case(&format!("cls/{name}"));
        let pad = cases.pad_token_id;
        let rows = input.input_ids.iter();
        let pooled: Vec<usize> = rows.map(|row| pooled_index(row, pad)).collect();
        let wanted = cases.pooled_index.get(name).cloned().unwrap_or_default();
        reporter.quantity(exactly(
            &case,
            "token that stands for the text",
            &pooled,
            &wanted,
        ));
        logits(
            &case,
            &format!("{name}.logits"),
            model,
            input,
            pad,
            &expected,
            reporter,
        )
        .await?;
    }
    Ok(())
}

async fn trajectories(
    set: &Set<'_>,
    cases: &Cases,
    model: &Gpt2,
    reporter: &mut Reporter<'_>,
) -> CaseResult {
    let stems = set.trajectories("cls/", "traj_");
    if stems.is_empty() {
        return Ok(());
    }
    let batches = batches(set, "cls/batches.json")?;
    for stem in stems {
        let record = Record::read(set, &stem)?;
        let (strategy, start) = prepared(model, &record, &set.path(&stem))?;
        let run = Trajectory {
            case: set.case(&stem),
            start,
            tolerance: match strategy {
                Strategy::Head => TRAJECTORY,
                _ => CLASSIFIER_TRAJECTORY,
            },
            strategy,
            objective: cases.objective(),
            batches: &batches,
            name: same_name,
            finals: Some(set.path(&format!("{stem}_final"))),
        };
        run.check(set.library, &record, reporter).await?;
    }
    Ok(())
}

async fn adapter(
    set: &Set<'_>,
    cases: &Cases,
    model: &Gpt2,
    folder: &str,
    reporter: &mut Reporter<'_>,
) -> CaseResult {
    let case = set.case(folder);
    let adapter = Adapter::load(set, folder, model.clone())?;
    adapter.check_files(&case, reporter).await?;
    let expected = ExpectedTensors::load(set.library, &set.path(&format!("{folder}fwd")))?;
    let (batch, pad) = (cases.batch(set)?, cases.pad_token_id);
    logits(
        &case,
        "batch.logits",
        &adapter.model,
        batch,
        pad,
        &expected,
        reporter,
    )
    .await?;
    let step = OneStep {
        case: &case,
        model: &adapter.model,
        objective: cases.objective(),
        batch: &batch.batch(cases.labels()),
        gradients: &set.path(&format!("{folder}grads")),
        name: stored_name,
        expected: adapter.info.loss.as_ref().map(|loss| &loss.f32),
    };
    step.check(set.library, reporter).await
}

/// What the set's classifier is asked to learn.
pub fn objective(set: &Set) -> Result<Objective, Fault> {
    Ok(Cases::read(set)?.objective())
}
