//! Full fine-tuning on a single example, to see the loss at work.

use burn::module::Module;

use super::base::Base;
use super::evaluate::answer_batch;
use super::metrics::nats_of;
use super::run::{device_error, prepared};
use crate::data::batch::Batch;
use crate::data::labelled::EncodedText;
use crate::faults::Fault;
use crate::model::any::Model;
use crate::model::numbers;
use crate::model::parameters::flattened;
use crate::protocol::{EngineError, ExampleStep};
use crate::settings::{ScheduleKind, Strategy, Task, TrainingSettings};
use crate::train::{Objective, Trainer};

/// The most steps that are made.
const MOST_STEPS: usize = 20;

/// A row for each step, and one for where they led. The base stays as it is. `breathe` ends each unit of work.
pub async fn train_on_example(
    base: &Base,
    labels: usize,
    example: EncodedText,
    steps: usize,
    learning_rate: f64,
    breathe: impl AsyncFn(),
) -> Result<Vec<ExampleStep>, EngineError> {
    let settings = TrainingSettings {
        strategy: Strategy::Full,
        learning_rate,
        schedule: ScheduleKind::Constant,
        warmup_steps: 0,
        ..TrainingSettings::default()
    };
    let pad = base.pad();
    let shape = (Task::SequenceClassification, labels);
    let model = prepared(&base.model, shape, &settings, false)?;
    let start = model.valid();
    let objective = Objective::SequenceClassification { pad: Some(pad) };
    let mut trainer = Trainer::new(model, objective, &settings);
    let batch = Batch::classification(&[(&example.ids[..], example.label as i32)], pad);
    let mut rows = Vec::new();
    for _ in 0..steps.min(MOST_STEPS) {
        let mut row = look(&start, &trainer.model().valid(), &example, pad).await?;
        let made = trainer.advance(&batch).read().await.map_err(device_error)?;
        row.gradient_norm = Some(made.gradient_norm);
        rows.push(row);
        breathe().await;
    }
    rows.push(look(&start, &trainer.model().valid(), &example, pad).await?);
    Ok(rows)
}

/// Where the model stands on the example, and how far it is from its start.
async fn look(
    start: &Model,
    now: &Model,
    example: &EncodedText,
    pad: i32,
) -> Result<ExampleStep, EngineError> {
    let answers = answer_batch(now, std::slice::from_ref(example), &[0], pad).await;
    let answers = answers.map_err(device_error)?;
    let probability = answers
        .first()
        .map(|answer| answer.probabilities[answer.truth])
        .ok_or_else(|| device_error(Fault::internal("no answer")))?;
    let (mut update, mut weight) = (0.0, 0.0);
    for ((_, before), (_, after)) in flattened(start).into_iter().zip(flattened(now)) {
        weight += square_sum(before.clone()).await?;
        update += square_sum(after - before).await?;
    }
    Ok(ExampleStep {
        probability,
        loss_nats: nats_of(probability),
        gradient_norm: None,
        update_norm: update.sqrt(),
        weight_norm: weight.sqrt(),
    })
}

async fn square_sum(values: burn::prelude::Tensor<1>) -> Result<f32, EngineError> {
    let sum = numbers::value("squares", values.square().sum()).await;
    sum.map_err(device_error)
}
