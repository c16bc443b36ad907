//! An adapter on the language model: forward, merging, gradients and trajectories.

use super::language_model::LmInputs;
use crate::faults::Fault;
use crate::io::read_back;
use crate::io::safetensors::NamedTensor;
use crate::methods::{Beside, Lora};
use crate::model::gpt2::Gpt2;
use crate::model::numbers;
use crate::model::parts::Pass;
use crate::settings::Strategy;
use crate::train::Objective;
use crate::verify::Selection;
use crate::verify::harness::CaseResult;
use crate::verify::harness::adapter::Adapter;
use crate::verify::harness::comparison::{Comparison, exactly};
use crate::verify::harness::expected::{ExpectedTensors, OurTensors};
use crate::verify::harness::finding::Reporter;
use crate::verify::harness::inputs::{Input, batches};
use crate::verify::harness::one_step::OneStep;
use crate::verify::harness::record::Record;
use crate::verify::harness::set::Set;
use crate::verify::harness::tolerance::{ACTIVATIONS, MERGED_WEIGHTS, TRAJECTORY};
use crate::verify::harness::trajectory::Trajectory;

pub async fn run(
    set: &Set<'_>,
    folder: &str,
    selection: Selection,
    reporter: &mut Reporter<'_>,
) -> CaseResult {
    let case = set.case(folder);
    let adapter = Adapter::load(set, folder, set.model.clone())?;
    let inputs = LmInputs::read(set)?;
    let (single, batch) = (
        inputs.forward(set, "single")?,
        inputs.forward(set, "batch")?,
    );

    adapter.check_files(&case, reporter).await?;
    let expected = ExpectedTensors::load(set.library, &set.path(&format!("{folder}fwd")))?;
    let forward = Forward {
        case: &case,
        expected: &expected,
    };
    let merged = adapter.model.clone().merged();
    let models = (&adapter.model, &merged);
    forward.check_all(models, (single, batch), reporter).await?;
    merged_weights(set, folder, &adapter, &merged, reporter).await?;

    let step = OneStep {
        case: &case,
        model: &adapter.model,
        objective: Objective::CausalLm,
        batch: &batch.batch(inputs.labels_batch.clone()),
        gradients: &set.path(&format!("{folder}grads")),
        name: adapter.names(),
        expected: adapter.info.loss.as_ref().map(|loss| &loss.f32),
    };
    step.check(set.library, reporter).await?;
    trajectories(set, folder, &adapter, selection, reporter).await
}

struct Forward<'a> {
    case: &'a str,
    expected: &'a ExpectedTensors,
}

impl Forward<'_> {
    /// Of the model with its adapter, and merged.
    async fn check_all(
        &self,
        (adapted, merged): (&Gpt2, &Gpt2),
        (single, batch): (&Input, &Input),
        reporter: &mut Reporter<'_>,
    ) -> CaseResult {
        for (name, model, input) in [
            ("single.logits", adapted, single),
            ("batch.logits", adapted, batch),
            ("batch.logits_merged", merged, batch),
        ] {
            // Virtual tokens leave `single` no room, and not every method can be merged.
            if self.expected.names().any(|known| known == name) {
                self.check(name, model, input, reporter).await?;
            }
        }
        Ok(())
    }

    async fn check(
        &self,
        name: &str,
        model: &Gpt2,
        input: &Input,
        reporter: &mut Reporter<'_>,
    ) -> Result<(), Fault> {
        let logits = model.logits(input.tokens(), &mut Pass::default());
        let [_, vocabulary] = logits.dims();
        let shape = vec![input.input_ids.len(), input.input_ids[0].len(), vocabulary];
        let values = numbers::values(name, logits).await?;
        let ours = NamedTensor {
            name: name.to_owned(),
            shape,
            values,
        };
        let mut comparison = Comparison::new(self.case, name, ACTIVATIONS);
        self.expected
            .compare(name, &ours, &mut comparison, &|_, _| true);
        reporter.quantity(comparison.finish());
        Ok(())
    }
}

/// What merging makes of the weights, where the reference has it.
async fn merged_weights(
    set: &Set<'_>,
    folder: &str,
    adapter: &Adapter,
    merged: &Gpt2,
    reporter: &mut Reporter<'_>,
) -> CaseResult {
    let case = set.case(folder);
    let stem = set.path(&format!("{folder}merged_changed"));
    if !ExpectedTensors::exist(set.library, &stem) {
        return Ok(());
    }
    let expected = ExpectedTensors::load(set.library, &stem)?;
    let base = read_back::parameters(&set.model, |_| true).await?;
    let merged = read_back::parameters(merged, |_| true).await?;
    let pairs = base.into_iter().zip(merged);
    let changed: OurTensors = pairs
        .filter(|(before, after)| before.values != after.values)
        .map(|(_, after)| (after.name.clone(), after))
        .collect();
    if let Some(expected) = &adapter.info.changed_by_merge {
        let ours: Vec<&String> = changed.keys().collect();
        let expected: Vec<&String> = expected.iter().collect();
        reporter.quantity(exactly(
            &case,
            "weights that merging changes",
            &ours,
            &expected,
        ));
    }
    let mut comparison = Comparison::new(&case, "merged weights", MERGED_WEIGHTS);
    expected.compare_all(&changed, &mut comparison, &|_, _| true);
    reporter.quantity(comparison.finish());
    Ok(())
}

async fn trajectories(
    set: &Set<'_>,
    folder: &str,
    adapter: &Adapter,
    selection: Selection,
    reporter: &mut Reporter<'_>,
) -> CaseResult {
    let mut stems = set.trajectories(folder, "traj_");
    let strategy = &adapter.config.strategy;
    if selection == Selection::Quick {
        let is_plain_lora = matches!(strategy, Strategy::Lora(lora) if !lora.use_dora);
        stems.truncate(usize::from(is_plain_lora));
    }
    if stems.is_empty() {
        return Ok(());
    }
    let batches = batches(set, "traj/batches.json")?;
    for stem in stems {
        let record = Record::read(set, &stem)?;
        let model = adapter.model.clone();
        let run = Trajectory {
            case: set.case(&stem),
            start: match starts_at_zero(&stem) {
                true => from_zero(model, strategy),
                false => model,
            },
            strategy: strategy.clone(),
            objective: Objective::CausalLm,
            batches: &batches,
            tolerance: TRAJECTORY,
            name: adapter.names(),
            finals: Some(set.path(&format!("{stem}_final"))),
        };
        run.check(set.library, &record, reporter).await?;
    }
    Ok(())
}

/// As a trajectory's name says.
fn starts_at_zero(stem: &str) -> bool {
    let name = stem.rsplit('/').next();
    name.is_some_and(|name| name.contains("zeroB"))
}

/// PEFT's own start, B zero, under which the adapted model begins as the base model.
fn from_zero(model: Gpt2, strategy: &Strategy) -> Gpt2 {
    let zeroed = model.map_beside(|_, beside| {
        Beside::map_lora(beside, |lora| Lora {
            b: lora.b.map(|b| b.zeros_like()),
            ..lora
        })
    });
    zeroed.with_trainable(|name| strategy.trains(name))
}
