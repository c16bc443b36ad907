//! The training loop's heart: one step, and nothing that waits for the device.

use burn::prelude::*;

use super::anchors::Anchors;
use super::gradients::{GradientMap, add, clip_by_global_norm, global_norm};
use super::loss::{IGNORED, predicted_rows};
use super::{AdamW, Learner, Objective};
use crate::data::batch::Batch;
use crate::model::any::Model;
use crate::model::parameters;
use crate::model::parts::Pass;
use crate::protocol::ParameterInfo;
use crate::settings::names::block as block_of;
use crate::settings::{LossDivisor, Schedule, Seed, TrainingSettings};

/// A model under training, with all that a step needs and a checkpoint keeps.
pub struct Trainer<M: Learner = Model> {
    model: Option<M>,
    pub optimizer: AdamW,
    pub schedule: Schedule,
    pub objective: Objective,
    pub max_grad_norm: f64,
    /// What an example of each class counts in the loss.
    pub class_weights: Option<Vec<f32>>,
    pub loss_divisor: LossDivisor,
    /// What pulls trained parameters back, where a remedy against forgetting does.
    pub anchors: Option<Anchors>,
    /// What the loss of replayed text counts beside the task's.
    pub replay_weight: f64,
    /// Keep no more of a forward pass than what goes into each block, and compute the rest again in backward.
    pub gradient_checkpointing: bool,
    /// Steps made so far.
    pub step: usize,
    noise: Seed,
}

/// What a step leaves on the device; read it when it suits, the next step does not wait.
pub struct StepOutcome {
    pub step: usize,
    pub learning_rate: f64,
    /// Loss before the update, gradient norm before clipping, and where there are remedies what they add
    /// to the loss: `[2]` or `[3]`.
    measured: Tensor<1>,
}

/// The numbers of a step, read back.
#[derive(Debug, Clone, Copy)]
pub struct Measured {
    /// The task's loss alone.
    pub loss_nats: f32,
    pub gradient_norm: f32,
    /// What remedies add to the loss that is minimised.
    pub remedy_loss_nats: f32,
}

impl Measured {
    /// Whether the run has left what float32 holds.
    pub fn diverged(&self) -> bool {
        !(self.loss_nats + self.gradient_norm + self.remedy_loss_nats).is_finite()
    }
}

impl StepOutcome {
    /// One read-back for all numbers.
    pub async fn read(self) -> Result<Measured, String> {
        let data = self
            .measured
            .into_data_async()
            .await
            .map_err(|e| format!("{e:?}"))?;
        let values = data.try_to_vec::<f32>().map_err(|e| format!("{e:?}"))?;
        match values[..] {
            [loss_nats, gradient_norm, ref remedies @ ..] => Ok(Measured {
                loss_nats,
                gradient_norm,
                remedy_loss_nats: remedies.iter().sum(),
            }),
            _ => Err(format!(
                "a step's outcome holds {} numbers instead of 2",
                values.len()
            )),
        }
    }
}

impl<M: Learner> Trainer<M> {
    /// `model` has been prepared by its strategy.
    pub fn new(model: M, objective: Objective, settings: &TrainingSettings) -> Self {
        let listed = parameters::list(&model);
        let blocks = listed.iter().filter_map(|p| block_of(&p.name)).max();
        let parameters: usize = listed.iter().map(ParameterInfo::count).sum();
        Self {
            model: Some(model),
            optimizer: AdamW {
                blocks: blocks.map_or(0, |last| last + 1),
                ..AdamW::new(settings)
            },
            schedule: settings.schedule(),
            objective,
            max_grad_norm: settings.max_grad_norm,
            class_weights: None,
            loss_divisor: settings.loss_divisor,
            anchors: None,
            replay_weight: settings.remedies.replay,
            gradient_checkpointing: settings.checkpoints(parameters),
            step: 0,
            noise: Seed::new(settings.seed).fork("dropout"),
        }
    }

    pub fn model(&self) -> &M {
        self.model
            .as_ref()
            .expect("the model is away only inside `advance`")
    }

    pub fn into_model(mut self) -> M {
        self.model
            .take()
            .expect("the model is away only inside `advance`")
    }

    /// Puts a model back (a checkpoint's).
    pub fn replace_model(&mut self, model: M) {
        self.model = Some(model);
    }

    /// Loss of one batch, `[1]`, with dropout on, and what it times `weight` adds to the gradients.
    fn gradients(&mut self, batch: &Batch, weight: f64) -> (Tensor<1>, GradientMap) {
        let model = self
            .model
            .as_ref()
            .expect("the model is away only inside `advance`");
        let mut pass = Pass {
            noise: Some(&mut self.noise),
            class_weights: self.class_weights.as_deref(),
            ..Pass::default()
        };
        let checkpointing = self.gradient_checkpointing;
        model.gradients(self.objective, batch, &mut pass, weight, checkpointing)
    }

    /// A step on one batch.
    pub fn advance(&mut self, batch: &Batch) -> StepOutcome {
        self.advance_over(std::slice::from_ref(batch), None)
    }

    /// Forward and backward over each micro-batch (and a batch of general text to replay), the pull of the
    /// remedies, clipping, update. Returns without reading anything back.
    pub fn advance_over(
        &mut self,
        micro_batches: &[Batch],
        replayed: Option<&Batch>,
    ) -> StepOutcome {
        let mut gradients = GradientMap::new();
        let mut losses = Vec::with_capacity(micro_batches.len());
        for (batch, weight) in micro_batches.iter().zip(self.loss_weights(micro_batches)) {
            let (loss, found) = self.gradients(batch, weight);
            add(&mut gradients, found);
            losses.push(loss);
        }
        let loss = total(losses);
        let mut remedies = Vec::new();
        if let Some(batch) = replayed {
            let (loss, found) = self.model().gradients(
                Objective::language_of(self.model().family()),
                batch,
                &mut Pass::default(),
                self.replay_weight,
                self.gradient_checkpointing,
            );
            add(&mut gradients, found);
            remedies.push(loss);
        }
        if let Some(anchors) = &self.anchors {
            remedies.extend(anchors.pull(self.model(), &mut gradients));
        }
        self.update(gradients, loss, remedies)
    }

    fn update(
        &mut self,
        gradients: GradientMap,
        loss: Tensor<1>,
        remedies: Vec<Tensor<1>>,
    ) -> StepOutcome {
        let norm = global_norm(&gradients).unwrap_or_else(|| loss.zeros_like());
        let clipped = clip_by_global_norm(gradients, &norm, self.max_grad_norm);
        let learning_rate = self.schedule.learning_rate_at(self.step);
        if let Some(model) = self.model.take() {
            self.model = Some(self.optimizer.step(learning_rate, model, clipped));
        }
        let mut measured = vec![loss, norm];
        if !remedies.is_empty() {
            measured.push(total(remedies));
        }
        let outcome = StepOutcome {
            step: self.step,
            learning_rate,
            measured: Tensor::cat(measured, 0),
        };
        self.step += 1;
        outcome
    }

    /// What the mean loss of each micro-batch counts in the step's loss.
    fn loss_weights(&self, micro_batches: &[Batch]) -> Vec<f64> {
        let of_tokens = self.objective.counts_items();
        if self.loss_divisor == LossDivisor::NumItemsInBatch && of_tokens {
            let items: usize = micro_batches.iter().map(items).sum();
            let predicted = |batch: &Batch| predicted_rows(&batch.labels).0.len();
            let share = |batch| predicted(batch) as f64 / items.max(1) as f64;
            micro_batches.iter().map(share).collect()
        } else {
            vec![1.0 / micro_batches.len() as f64; micro_batches.len()]
        }
    }
}

/// Hugging Face's count of a batch's items: labels that are not ignored, each row's first among them.
fn items(batch: &Batch) -> usize {
    let labels = batch.labels.iter().flatten();
    labels.filter(|label| **label != IGNORED).count()
}

fn total(losses: Vec<Tensor<1>>) -> Tensor<1> {
    match losses.len() {
        1 => losses.into_iter().next(),
        _ => losses.into_iter().reduce(|a, b| a + b),
    }
    .expect("a step has at least one batch")
}
