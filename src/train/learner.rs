//! A model that the training loop can train.

use burn::module::Module;
use burn::prelude::*;

use super::checkpointing::checkpointed_gradients;
use super::gradients::{GradientMap, collect};
use super::loss::{cross_entropy, labelled_rows, select_rows, weighted_cross_entropy};
use super::trainer::{Objective, objective_loss, with_head};
use crate::data::batch::Batch;
use crate::model::bert::{Bert, Inputs};
use crate::model::gpt2::{Gpt2, Pass};

/// What may be asked of it, and the loss of a batch under that, `[1]`.
pub trait Learner: Module {
    type Objective: Copy;

    /// What text that is replayed against forgetting is trained on.
    const LANGUAGE: Self::Objective;

    /// Whether Hugging Face's `Trainer` divides this loss by the items of all micro-batches together.
    fn counts_items(objective: Self::Objective) -> bool;

    fn loss(&self, objective: Self::Objective, batch: &Batch, pass: &mut Pass) -> Tensor<1>;

    /// `weight` times the loss of a batch, `[1]` and without its graph, and the gradients of that. `checkpointing`
    /// asks for the way that keeps little of the forward pass, where the model has one.
    fn gradients(
        &self,
        objective: Self::Objective,
        batch: &Batch,
        pass: &mut Pass,
        weight: f64,
        _checkpointing: bool,
    ) -> (Tensor<1>, GradientMap) {
        let loss = weigh(self.loss(objective, batch, pass), weight);
        let gradients = collect(loss.backward(), self);
        (loss.inner(), gradients)
    }
}

pub(super) fn weigh(loss: Tensor<1>, weight: f64) -> Tensor<1> {
    if weight == 1.0 {
        loss
    } else {
        loss.mul_scalar(weight)
    }
}

impl Learner for Gpt2 {
    type Objective = Objective;

    const LANGUAGE: Objective = Objective::CausalLm;

    fn counts_items(objective: Objective) -> bool {
        objective == Objective::CausalLm
    }

    fn loss(&self, objective: Objective, batch: &Batch, pass: &mut Pass) -> Tensor<1> {
        objective_loss(self, objective, batch, pass)
    }

    fn gradients(
        &self,
        objective: Objective,
        batch: &Batch,
        pass: &mut Pass,
        weight: f64,
        checkpointing: bool,
    ) -> (Tensor<1>, GradientMap) {
        if checkpointing {
            return checkpointed_gradients(self, objective, batch, pass, weight);
        }
        let loss = weigh(self.loss(objective, batch, pass), weight);
        let gradients = collect(loss.backward(), self);
        (loss.inner(), gradients)
    }
}

/// What BERT's loss is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BertObjective {
    /// The word at every place whose label is not ignored.
    MaskedLm,
    /// One label a text.
    SequenceClassification,
}

impl Learner for Bert {
    type Objective = BertObjective;

    const LANGUAGE: BertObjective = BertObjective::MaskedLm;

    fn counts_items(_: BertObjective) -> bool {
        false
    }

    fn loss(&self, objective: BertObjective, batch: &Batch, pass: &mut Pass) -> Tensor<1> {
        let inputs = Inputs::new(&batch.ids, batch.mask.as_deref());
        match objective {
            BertObjective::MaskedLm => {
                let (rows, words) = labelled_rows(&batch.labels);
                let hidden = select_rows(self.bert.forward(inputs, pass), rows);
                cross_entropy(with_head(self.words_at(hidden, pass)), &words)
            }
            BertObjective::SequenceClassification => {
                let classes: Vec<i32> = batch.labels.iter().map(|row| row[0]).collect();
                let logits = with_head(self.classify(inputs, pass));
                weighted_cross_entropy(logits, &classes, pass.class_weights)
            }
        }
    }
}
