//! What helpers send, as tensors.

use burn::prelude::*;

use super::letters::{Answer, Letter};
use crate::faults::Fault;
use crate::model::network::Network;
use crate::train::{Found, PackedGradients, Packing};

/// Makes tensors of gradients that helpers send.
pub struct Reader {
    packing: Packing,
    device: Device,
}

impl Reader {
    pub fn of<M: Network>(model: &M) -> Self {
        Self {
            packing: Packing::of(model),
            device: model.device().inner(),
        }
    }

    pub fn found(&self, letter: Letter<Answer>) -> Result<Found, Fault> {
        let Letter { words, numbers } = letter;
        match words {
            Answer::Gradients {
                present,
                loss,
                replayed_loss,
            } => {
                let packed = PackedGradients { present, numbers };
                let tensor = |number: f32| Tensor::from_floats([number], &self.device);
                Ok(Found {
                    loss: loss.map(tensor),
                    replayed_loss: replayed_loss.map(tensor),
                    gradients: self.packing.unpack(&packed, &self.device)?,
                })
            }
            other => Err(unexpected(other)),
        }
    }
}

/// Why another answer came than was asked for.
pub fn unexpected(answer: Answer) -> Fault {
    match answer {
        Answer::Refused(reason) => reason,
        other => Fault::internal(format!("it answered something else: {other:?}")),
    }
}
