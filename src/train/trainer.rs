//! The training loop's heart: one step, and nothing that waits for the device.

use burn::prelude::*;

use super::gradients::{clip_by_global_norm, collect, global_norm};
use super::loss::{
    answer_loss, binary_cross_entropy, cross_entropy, labelled_rows, predicted_rows, select_rows,
    weighted_cross_entropy,
};
use super::{AdamW, Learner};
use crate::data::batch::Batch;
use crate::model::gpt2::{Gpt2, Pass, Tokens};
use crate::settings::{Schedule, Seed, TrainingSettings};

/// What the loss is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Objective {
    /// The next token, wherever a label is not ignored.
    CausalLm,
    /// One label a text; `pad` is the id that pads.
    SequenceClassification { pad: Option<i32> },
    /// Any number of labels a text, yes or no each.
    MultiLabelClassification { pad: Option<i32> },
    /// A label a token, wherever it is not ignored.
    TokenClassification,
    /// Where the answer starts and ends.
    QuestionAnswering,
}

/// A model under training, with all that a step needs and a checkpoint keeps.
pub struct Trainer<M: Learner = Gpt2> {
    model: Option<M>,
    pub optimizer: AdamW,
    pub schedule: Schedule,
    pub objective: M::Objective,
    pub max_grad_norm: f64,
    /// What an example of each class counts in the loss.
    pub class_weights: Option<Vec<f32>>,
    /// Steps made so far.
    pub step: usize,
    noise: Seed,
}

/// What a step leaves on the device; read it when it suits, the next step does not wait.
pub struct StepOutcome {
    pub step: usize,
    pub learning_rate: f64,
    /// Loss before the update and gradient norm before clipping: `[2]`.
    measured: Tensor<1>,
}

/// The numbers of a step, read back.
#[derive(Debug, Clone, Copy)]
pub struct Measured {
    pub loss_nats: f32,
    pub gradient_norm: f32,
}

impl StepOutcome {
    /// One read-back for both numbers.
    pub async fn read(self) -> Result<Measured, String> {
        let data = self
            .measured
            .into_data_async()
            .await
            .map_err(|e| format!("{e:?}"))?;
        let values = data.try_to_vec::<f32>().map_err(|e| format!("{e:?}"))?;
        match values[..] {
            [loss_nats, gradient_norm] => Ok(Measured {
                loss_nats,
                gradient_norm,
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
    pub fn new(model: M, objective: M::Objective, settings: &TrainingSettings) -> Self {
        Self {
            model: Some(model),
            optimizer: AdamW::new(settings),
            schedule: settings.schedule(),
            objective,
            max_grad_norm: settings.max_grad_norm,
            class_weights: None,
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

    /// Loss of one batch, `[1]`, with dropout on.
    pub fn loss(&mut self, batch: &Batch) -> Tensor<1> {
        let model = self
            .model
            .as_ref()
            .expect("the model is away only inside `advance`");
        let mut pass = Pass {
            noise: Some(&mut self.noise),
            class_weights: self.class_weights.as_deref(),
            ..Pass::default()
        };
        model.loss(self.objective, batch, &mut pass)
    }

    /// Forward, backward, clipping, update. Returns without reading anything back.
    pub fn advance(&mut self, batch: &Batch) -> StepOutcome {
        let loss = self.loss(batch);
        let gradients = collect(loss.backward(), self.model());
        let loss = loss.inner();
        let norm = global_norm(&gradients).unwrap_or_else(|| loss.zeros_like());
        let clipped = clip_by_global_norm(gradients, &norm, self.max_grad_norm);
        let learning_rate = self.schedule.learning_rate_at(self.step);
        if let Some(model) = self.model.take() {
            self.model = Some(self.optimizer.step(learning_rate, model, clipped));
        }
        let outcome = StepOutcome {
            step: self.step,
            learning_rate,
            measured: Tensor::cat(vec![loss, norm], 0),
        };
        self.step += 1;
        outcome
    }
}

/// The loss of `batch` under `objective`, `[1]`.
pub fn objective_loss(
    model: &Gpt2,
    objective: Objective,
    batch: &Batch,
    pass: &mut Pass,
) -> Tensor<1> {
    let tokens = Tokens {
        ids: &batch.ids,
        attention_mask: batch.mask.as_deref(),
        position_ids: None,
    };
    match objective {
        Objective::CausalLm => {
            let hidden = model.transformer.forward(tokens, pass);
            let (rows, classes) = predicted_rows(&batch.labels);
            cross_entropy(model.lm_head(select_rows(hidden, rows)), &classes)
        }
        Objective::SequenceClassification { pad } => {
            let classes: Vec<i32> = batch.labels.iter().map(|row| row[0]).collect();
            let logits = with_head(model.classify(tokens, pad, pass));
            weighted_cross_entropy(logits, &classes, pass.class_weights)
        }
        Objective::MultiLabelClassification { pad } => {
            let logits = with_head(model.classify(tokens, pad, pass));
            binary_cross_entropy(logits, &batch.labels, pass.class_weights)
        }
        Objective::TokenClassification => {
            let (rows, classes) = labelled_rows(&batch.labels);
            let logits = select_rows(with_head(model.classify_tokens(tokens, pass)), rows);
            weighted_cross_entropy(logits, &classes, pass.class_weights)
        }
        Objective::QuestionAnswering => {
            answer_loss(with_head(model.answer_ends(tokens, pass)), &batch.labels)
        }
    }
}

fn with_head(logits: Option<Tensor<2>>) -> Tensor<2> {
    match logits {
        Some(logits) => logits,
        None => unreachable!("a run starts by putting on the head that its task needs"),
    }
}
