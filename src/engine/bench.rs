//! The benchmark: one training step on fixed weights and tokens, the same as in other engines, so that
//! losses must agree and only the time differs. Everything is made from seeds; no file is needed.

mod fixture;
mod model;
mod mulberry;
mod report;
#[cfg(test)]
mod tests;

pub use fixture::{Fixture, FixtureError};
pub use report::{Report, measure};

use burn::prelude::*;

use crate::model::gpt2::Gpt2;
use crate::model::parts::{Pass, Tokens};
pub use crate::protocol::Workload;
use crate::settings::{LoraSettings, ScheduleKind, Strategy, TrainingSettings, WeightDecayOn};
use crate::train::AdamW;
use crate::train::gradients::collect;
use crate::train::loss::cross_entropy;

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

    /// Forward, backward, update; the loss before the update, read back, so that the step has ended.
    pub async fn step(&mut self) -> Result<f32, String> {
        let model = self
            .model
            .take()
            .ok_or("an earlier step of the benchmark failed")?;
        let hidden = model
            .transformer
            .forward(Tokens::new(&self.ids), &mut Pass::default());
        let loss = cross_entropy(model.lm_head(hidden), &self.targets);
        let gradients = collect(loss.backward(), &model);
        self.model = Some(self.optimizer.step(self.learning_rate, model, gradients));
        let data = loss.into_data_async().await.map_err(|e| format!("{e:?}"))?;
        let values = data.try_to_vec::<f32>().map_err(|e| format!("{e:?}"))?;
        values
            .first()
            .copied()
            .ok_or_else(|| "the step gave no loss".to_owned())
    }
}
