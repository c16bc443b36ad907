//! The language model: what every layer gives, the loss, and the gradient of every parameter.

use std::collections::BTreeMap;

use burn::prelude::*;
use serde::Deserialize;

use crate::faults::Fault;
use crate::io::safetensors::NamedTensor;
use crate::model::gpt2::Gpt2;
use crate::model::numbers;
use crate::model::ops::nll;
use crate::model::parts::{Pass, Record};
use crate::train::Objective;
use crate::train::loss::predicted_rows;
use crate::verify::Selection;
use crate::verify::harness::CaseResult;
use crate::verify::harness::comparison::{Comparison, exactly};
use crate::verify::harness::error::wrong;
use crate::verify::harness::expected::ExpectedTensors;
use crate::verify::harness::finding::Reporter;
use crate::verify::harness::inputs::Input;
use crate::verify::harness::one_step::{ExpectedLoss, OneStep, same_name};
use crate::verify::harness::set::Set;
use crate::verify::harness::tolerance::{ACTIVATIONS, LOSS, PROBABILITIES, Tolerance};

/// `lm/inputs.json`.
#[derive(Deserialize)]
pub struct LmInputs {
    pub labels_batch: Vec<Vec<i32>>,
    #[serde(flatten)]
    pub forwards: BTreeMap<String, Input>,
}

#[derive(Deserialize)]
struct Losses {
    f32: Loss,
}

#[derive(Deserialize)]
struct Loss {
    per_token: Vec<Vec<f64>>,
    n_predicted: usize,
    #[serde(flatten)]
    whole: ExpectedLoss,
}

impl LmInputs {
    pub fn read(set: &Set) -> Result<Self, Fault> {
        let inputs: Self = set.json("lm/inputs.json")?;
        for input in inputs.forwards.values() {
            input.check(&set.path("lm/inputs.json"), &set.config)?;
        }
        Ok(inputs)
    }

    pub fn forward(&self, set: &Set, name: &str) -> Result<&Input, Fault> {
        let missing = || wrong(&set.path("lm/inputs.json"), format!("{name} is missing"));
        self.forwards.get(name).ok_or_else(missing)
    }
}

pub async fn run(set: &Set<'_>, selection: Selection, reporter: &mut Reporter<'_>) -> CaseResult {
    let inputs = LmInputs::read(set)?;
    for (name, input) in &inputs.forwards {
        reporter.breathe().await;
        forward(set, name, input, reporter).await?;
    }
    if selection == Selection::All {
        loss_and_gradients(set, &inputs, reporter).await?;
    }
    Ok(())
}

async fn forward(
    set: &Set<'_>,
    name: &str,
    input: &Input,
    reporter: &mut Reporter<'_>,
) -> CaseResult {
    let stem = set.path(&format!("lm/{name}"));
    let expected = ExpectedTensors::load(set.library, &stem)?;
    let mut ours = vec![logits(&set.model, input)];
    if expected.names().any(|n| !n.ends_with(".logits")) {
        ours.extend(inner_states(&set.model, input));
    }
    for (quantity, shape, flat) in ours {
        let key = format!("{name}.{quantity}");
        let width: usize = shape.iter().product::<usize>() / (shape[0] * shape[1]);
        let values = numbers::values(&quantity, flat).await?;
        let tensor = NamedTensor {
            name: key.clone(),
            shape,
            values,
        };
        let mut comparison = Comparison::new(&stem, &quantity, tolerance_of(&quantity));
        let tokens = input.input_ids[0].len();
        let per_token = !quantity.starts_with("attn");
        expected.compare(&key, &tensor, &mut comparison, &|_, index| {
            let token = index / width;
            !per_token || input.is_defined(token / tokens, token % tokens)
        });
        reporter.quantity(comparison.finish());
    }
    Ok(())
}

/// A tensor's name, shape and elements.
type Output = (String, Vec<usize>, Tensor<1>);

/// By the path that training takes, fused where the device has fused kernels.
fn logits(model: &Gpt2, input: &Input) -> Output {
    let logits = model.logits(input.tokens(), &mut Pass::default());
    let [_, vocabulary] = logits.dims();
    let shape = vec![input.input_ids.len(), input.input_ids[0].len(), vocabulary];
    ("logits".to_owned(), shape, logits.flatten(0, 1))
}

/// By the path that shows what it does.
fn inner_states(model: &Gpt2, input: &Input) -> Vec<Output> {
    let mut record = Record::default();
    let mut pass = Pass {
        record: Some(&mut record),
        ..Pass::default()
    };
    model.transformer.forward(input.tokens(), &mut pass);
    let hidden = |name: String, x: Tensor<3>| (name, x.dims().to_vec(), x.flatten(0, 2));
    let mut outputs: Vec<Output> = Vec::new();
    for (i, x) in record.hidden.into_iter().enumerate() {
        let name = if i == 0 {
            "embed".to_owned()
        } else {
            format!("block{}", i - 1)
        };
        outputs.push(hidden(format!("hidden.{name}"), x));
    }
    outputs.extend(
        record
            .final_hidden
            .map(|x| hidden("hidden.ln_f".to_owned(), x)),
    );
    for (i, x) in record.attention.into_iter().enumerate() {
        outputs.push((format!("attn.{i}"), x.dims().to_vec(), x.flatten(0, 3)));
    }
    outputs
}

fn tolerance_of(quantity: &str) -> Tolerance {
    if quantity.starts_with("attn") {
        PROBABILITIES
    } else {
        ACTIVATIONS
    }
}

async fn loss_and_gradients(
    set: &Set<'_>,
    inputs: &LmInputs,
    reporter: &mut Reporter<'_>,
) -> CaseResult {
    let expected: Losses = set.json("lm/loss.json")?;
    let batch = inputs
        .forward(set, "batch")?
        .batch(inputs.labels_batch.clone());
    let case = set.case("lm/loss");
    let (rows, classes) = predicted_rows(&batch.labels);
    let predicted = expected.f32.n_predicted;
    reporter.quantity(exactly(&case, "predicted tokens", &rows.len(), &predicted));
    let input = inputs.forward(set, "batch")?;
    per_token(
        set,
        &case,
        input,
        (&rows, &classes),
        &expected.f32.per_token,
        reporter,
    )
    .await?;

    let step = OneStep {
        case: &case,
        model: &set.model.clone().with_trainable(|_| true),
        objective: Objective::CausalLm,
        batch: &batch,
        gradients: &set.path("lm/grads"),
        name: same_name,
        expected: Some(&expected.f32.whole),
    };
    step.check(set.library, reporter).await
}

async fn per_token(
    set: &Set<'_>,
    case: &str,
    input: &Input,
    (rows, classes): (&[i32], &[i32]),
    expected: &[Vec<f64>],
    reporter: &mut Reporter<'_>,
) -> CaseResult {
    let logits = set.model.logits(input.tokens(), &mut Pass::default());
    let chosen = TensorData::new(rows.to_vec(), [rows.len()]);
    let chosen = Tensor::<1, Int>::from_data(chosen, &set.device);
    let losses = nll(logits.select(0, chosen), classes).flatten::<1>(0, 1);
    let losses = numbers::values("per-token loss", losses).await?;
    let width = input.input_ids[0].len();
    let mut ours = vec![vec![0.0; width - 1]; input.input_ids.len()];
    for (row, loss) in rows.iter().zip(losses) {
        ours[*row as usize / width][*row as usize % width] = f64::from(loss);
    }
    let mut comparison = Comparison::new(case, "loss of every token", LOSS);
    comparison.series("loss", &ours.concat(), &expected.concat());
    reporter.quantity(comparison.finish());
    Ok(())
}
