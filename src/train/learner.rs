//! A model that the training loop can train: the loss of a batch under an objective, and the gradients of that.

use burn::prelude::*;

use super::checkpointing::checkpointed_gradients;
use super::gradients::{GradientMap, collect};
use super::objective::{Objective, loss_of_hidden, weigh};
use crate::data::batch::Batch;
use crate::model::any::Model;
use crate::model::bert::Bert;
use crate::model::gpt2::Gpt2;
use crate::model::network::Network;
use crate::model::parts::Pass;

pub trait Learner: Network {
    /// The loss of a batch, `[1]`.
    fn loss(&self, objective: Objective, batch: &Batch, pass: &mut Pass) -> Tensor<1> {
        pass.asked = objective.asks(self, batch);
        let hidden = self.hidden(batch.tokens(), pass);
        loss_of_hidden(self, objective, hidden, batch, pass)
    }

    /// `weight` times the loss of a batch, `[1]` and without its graph, and the gradients of that. `checkpointing`
    /// asks for the way that keeps little of the forward pass, where the model has one.
    fn gradients(
        &self,
        objective: Objective,
        batch: &Batch,
        pass: &mut Pass,
        weight: f64,
        _checkpointing: bool,
    ) -> (Tensor<1>, GradientMap) {
        plain_gradients(self, objective, batch, pass, weight)
    }
}

impl Learner for Bert {}

impl Learner for Gpt2 {
    fn gradients(
        &self,
        objective: Objective,
        batch: &Batch,
        pass: &mut Pass,
        weight: f64,
        checkpointing: bool,
    ) -> (Tensor<1>, GradientMap) {
        match checkpointing {
            true => checkpointed_gradients(self, objective, batch, pass, weight),
            false => plain_gradients(self, objective, batch, pass, weight),
        }
    }
}

impl Learner for Model {
    fn gradients(
        &self,
        objective: Objective,
        batch: &Batch,
        pass: &mut Pass,
        weight: f64,
        checkpointing: bool,
    ) -> (Tensor<1>, GradientMap) {
        match self.decoder() {
            Some(model) => model.gradients(objective, batch, pass, weight, checkpointing),
            None => plain_gradients(self, objective, batch, pass, weight),
        }
    }
}

/// Everything that backward needs is kept from forward.
fn plain_gradients<M: Learner>(
    model: &M,
    objective: Objective,
    batch: &Batch,
    pass: &mut Pass,
    weight: f64,
) -> (Tensor<1>, GradientMap) {
    let loss = weigh(model.loss(objective, batch, pass), weight);
    let gradients = collect(loss.backward(), model);
    (loss.inner(), gradients)
}
