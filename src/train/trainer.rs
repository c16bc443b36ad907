//! The training loop's heart: one step, and nothing that waits for the device.

use burn::prelude::*;

use super::anchors::Anchors;
use super::gradients::{GradientMap, add, clip_by_global_norm, global_norm};
use super::loss::{IGNORED, predicted_rows};
use super::shares::Weighing;
use super::{AdamW, Learner, Objective, PartOf, Share};
use crate::data::batch::Batch;
use crate::faults::Fault;
use crate::model::any::Model;
use crate::model::numbers;
use crate::model::parameters;
use crate::model::parts::{Noise, Pass};
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

/// What forward and backward gave, over all of a step's shares or some of them.
#[derive(Default)]
pub struct Found {
    /// Weighted, `[1]`; none where no share was the task's.
    pub loss: Option<Tensor<1>>,
    /// The same of text that was replayed.
    pub replayed_loss: Option<Tensor<1>>,
    pub gradients: GradientMap,
}

impl Found {
    pub fn add(&mut self, more: Self) {
        let sum = |a: Option<Tensor<1>>, b: Option<Tensor<1>>| match (a, b) {
            (Some(a), Some(b)) => Some(a + b),
            (a, b) => a.or(b),
        };
        self.loss = sum(self.loss.take(), more.loss);
        self.replayed_loss = sum(self.replayed_loss.take(), more.replayed_loss);
        add(&mut self.gradients, more.gradients);
    }
}

impl StepOutcome {
    /// One read-back for all numbers.
    pub async fn read(self) -> Result<Measured, Fault> {
        let values = numbers::values("outcome", self.measured).await?;
        match values[..] {
            [loss_nats, gradient_norm, ref remedies @ ..] => Ok(Measured {
                loss_nats,
                gradient_norm,
                remedy_loss_nats: remedies.iter().sum(),
            }),
            _ => Err(Fault::internal(format!(
                "a step's outcome holds {} numbers instead of 2",
                values.len()
            ))),
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
        let shares = self.share_out(micro_batches, replayed, 1);
        let found = self.gradients(shares.iter().flatten());
        self.update(found)
    }

    /// What each of `workers` has to compute of the next step. Some may have nothing to do.
    pub fn share_out(
        &self,
        micro_batches: &[Batch],
        replayed: Option<&Batch>,
        workers: usize,
    ) -> Vec<Vec<Share>> {
        let mut all = vec![Vec::new(); workers.max(1)];
        let mut hand_out = |weighing: Weighing, batch: &Batch, weight: f64, number| {
            for (own, part) in all.iter_mut().zip(weighing.cut(batch, workers)) {
                let Some((rows, fraction)) = part else {
                    continue;
                };
                own.push(Share {
                    weight: weight * fraction,
                    part_of: self.part_of(number, rows.start),
                    batch: batch.part(rows),
                });
            }
        };
        let weighing = Weighing {
            objective: self.objective,
            class_weights: self.class_weights.as_deref(),
        };
        let weights = self.loss_weights(micro_batches);
        for (number, (batch, weight)) in micro_batches.iter().zip(weights).enumerate() {
            hand_out(weighing, batch, weight, Some(number));
        }
        if let Some(batch) = replayed {
            let weighing = Weighing {
                objective: Objective::language_of(self.model().family()),
                class_weights: None,
            };
            hand_out(weighing, batch, self.replay_weight, None);
        }
        all
    }

    /// Of the task's batch with this number, or of what is replayed.
    fn part_of(&self, batch: Option<usize>, first_row: usize) -> PartOf {
        match batch {
            None => PartOf::Replay,
            Some(batch) => PartOf::Task {
                step: self.step,
                batch,
                first_row,
            },
        }
    }

    /// Forward and backward over some of a step's shares.
    pub fn gradients<'a>(&self, shares: impl Iterator<Item = &'a Share>) -> Found {
        self.gradients_with(self.model(), shares)
    }

    /// The same with a copy of the model. A thread needs its own: backward consumes the graph of whoever shares its
    /// parameters.
    pub fn gradients_with<'a>(&self, model: &M, shares: impl Iterator<Item = &'a Share>) -> Found {
        let mut found = Found::default();
        for share in shares {
            found.add(self.gradients_of(model, share));
        }
        found
    }

    fn gradients_of(&self, model: &M, share: &Share) -> Found {
        match share.part_of {
            PartOf::Task {
                step,
                batch,
                first_row,
            } => {
                let seed = self.noise.fork(&format!("{step} {batch}"));
                let rows = first_row..first_row + share.batch.rows();
                let mut noise = Noise::new(&seed, rows);
                let pass = Pass {
                    noise: Some(&mut noise),
                    class_weights: self.class_weights.as_deref(),
                    ..Pass::default()
                };
                let (loss, gradients) = self.weighed(model, share, self.objective, pass);
                Found {
                    loss: Some(loss),
                    replayed_loss: None,
                    gradients,
                }
            }
            PartOf::Replay => {
                let objective = Objective::language_of(model.family());
                let (loss, gradients) = self.weighed(model, share, objective, Pass::default());
                Found {
                    loss: None,
                    replayed_loss: Some(loss),
                    gradients,
                }
            }
        }
    }

    /// A share's loss at its weight in the step, and the gradients of that.
    fn weighed(
        &self,
        model: &M,
        share: &Share,
        objective: Objective,
        mut pass: Pass,
    ) -> (Tensor<1>, GradientMap) {
        let checkpointing = self.gradient_checkpointing;
        model.gradients(
            objective,
            &share.batch,
            &mut pass,
            share.weight,
            checkpointing,
        )
    }

    /// The pull of the remedies, clipping, update: the end of a step whose gradients have all been added up. Reads
    /// nothing back.
    pub fn update(&mut self, found: Found) -> StepOutcome {
        let Found {
            loss,
            replayed_loss,
            mut gradients,
        } = found;
        let loss = loss.expect("a step has at least one batch");
        let mut remedies: Vec<Tensor<1>> = replayed_loss.into_iter().collect();
        if let Some(anchors) = &self.anchors {
            remedies.extend(anchors.pull(self.model(), &mut gradients));
        }
        let norm = global_norm(&gradients).unwrap_or_else(|| loss.zeros_like());
        let clipped = clip_by_global_norm(gradients, &norm, self.max_grad_norm);
        let learning_rate = self.schedule.learning_rate_at(self.step);
        if let Some(model) = self.model.take() {
            self.model = Some(self.optimizer.step(learning_rate, model, clipped));
        }
        let mut measured = vec![loss, norm];
        measured.extend(remedies.into_iter().reduce(|a, b| a + b));
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
