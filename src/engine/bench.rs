//! The benchmark: one training step on fixed weights and tokens, the same as in other engines, so that
//! losses must agree and only the time differs. Everything is made from seeds; no file is needed.

mod fixture;
mod model;
mod mulberry;
mod report;
#[cfg(test)]
mod tests;

pub use fixture::Fixture;
pub use report::{Report, measure};

use std::ops::Range;

use burn::prelude::*;

use crate::faults::{Fault, FixtureError};
use crate::model::gpt2::Gpt2;
use crate::model::numbers;
use crate::model::parts::{Pass, Tokens};
pub use crate::protocol::Workload;
use crate::settings::{LoraSettings, ScheduleKind, Strategy, TrainingSettings, WeightDecayOn};
use crate::train::gradients::collect;
use crate::train::objective::weigh;
use crate::train::{AdamW, Found, Packing};

/// Steps whose time is not counted: buffers, pipelines and caches fill.
pub const WARMUP_STEPS: usize = 3;

/// A workload under way.
pub struct Bench {
    model: Option<Gpt2>,
    optimizer: AdamW,
    learning_rate: f64,
    ids: Vec<Vec<i32>>,
    /// What each position predicts, given outright: the last of a row has an answer too.
    targets: Vec<i32>,
}

/// AdamW as the other engines have it: constant rate, decay on everything, no clipping.
fn settings(workload: Workload) -> TrainingSettings {
    let lora = LoraSettings {
        rank: fixture::LORA_RANK,
        alpha: 16.0,
        dropout: 0.0,
        ..LoraSettings::default()
    };
    TrainingSettings {
        strategy: match workload {
            Workload::W1 => Strategy::Full,
            Workload::W2 => Strategy::Lora(lora),
        },
        learning_rate: 1e-3,
        schedule: ScheduleKind::Constant,
        warmup_steps: 0,
        weight_decay: 0.01,
        weight_decay_on: WeightDecayOn::Everything,
        ..TrainingSettings::default()
    }
}

impl Bench {
    /// On weights made in memory.
    pub fn new(workload: Workload, device: &Device) -> Result<Self, FixtureError> {
        Self::with(workload, Fixture::generate(), device)
    }

    pub fn with(
        workload: Workload,
        fixture: Fixture,
        device: &Device,
    ) -> Result<Self, FixtureError> {
        let settings = settings(workload);
        let device = device.clone().autodiff();
        let (ids, targets) = (fixture.ids(), fixture.targets().to_vec());
        Ok(Self {
            model: Some(model::prepare(fixture, &settings.strategy, &device)?),
            optimizer: AdamW::new(&settings),
            learning_rate: settings.learning_rate,
            ids,
            targets,
        })
    }

    pub fn tokens_per_step(&self) -> usize {
        self.targets.len()
    }

    pub fn rows(&self) -> usize {
        self.ids.len()
    }

    /// Away only after a step that failed.
    pub fn model(&self) -> Result<&Gpt2, Fault> {
        let model = self.model.as_ref();
        model.ok_or_else(|| Fault::internal("an earlier step of the benchmark failed"))
    }

    /// Takes another worker's values over.
    pub fn take_values(&mut self, packing: &Packing, values: &[f32]) -> Result<(), Fault> {
        let model = self.model()?.clone();
        self.model = Some(packing.with_values(model, values)?);
        Ok(())
    }

    /// Forward and backward over some of the rows, which weigh as a part of all.
    pub fn gradients(&self, rows: Range<usize>) -> Result<Found, Fault> {
        let model = self.model()?;
        let seq = self.targets.len() / self.rows();
        let weight = rows.len() as f64 / self.rows() as f64;
        let ids = &self.ids[rows.clone()];
        let targets = &self.targets[seq * rows.start..seq * rows.end];
        let hidden = model
            .transformer
            .forward(Tokens::new(ids), &mut Pass::default());
        let loss = weigh(model.next_token_loss(hidden, targets), weight);
        Ok(Found {
            gradients: collect(loss.backward(), model),
            loss: Some(loss.inner()),
            replayed_loss: None,
        })
    }

    /// The update; the loss before it, read back, so that the step has ended.
    pub async fn update(&mut self, found: Found) -> Result<f32, Fault> {
        let model = self.model()?.clone();
        self.model = None;
        let updated = self
            .optimizer
            .step(self.learning_rate, model, found.gradients);
        self.model = Some(updated);
        let loss = found.loss;
        let loss = loss.ok_or_else(|| Fault::internal("the step gave no loss"))?;
        numbers::value("loss", loss).await
    }
}
