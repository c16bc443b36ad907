//! A head that speaks at every token: `classifier` of `GPT2ForTokenClassification`, `qa_outputs` of
//! `GPT2ForQuestionAnswering`. One linear layer with a bias, as `torch.nn.Linear` keeps it.

use burn::module::Param;
use burn::prelude::*;

use super::super::weights::{WeightError, WeightSource};
use crate::settings::Seed;

/// `x ↦ x Wᵀ + b`.
#[derive(Module, Debug)]
pub struct LinearHead {
    /// `[outputs, d_model]`
    pub weight: Param<Tensor<2>>,
    /// `[outputs]`
    pub bias: Param<Tensor<1>>,
}

impl LinearHead {
    /// A fresh head: normal with `initializer_range` 0.02 and a bias of zeros, as
    /// `GPT2PreTrainedModel._init_weights`.
    pub fn init(outputs: usize, d_model: usize, seed: &mut Seed, device: &Device) -> Self {
        let weight: Vec<f32> = (0..outputs * d_model)
            .map(|_| seed.normal(0.02) as f32)
            .collect();
        Self {
            weight: Param::from_data(TensorData::new(weight, [outputs, d_model]), device),
            bias: Param::from_data(TensorData::new(vec![0f32; outputs], [outputs]), device),
        }
    }

    /// `name` is the module's: `classifier`, `qa_outputs`.
    pub fn load(
        name: &str,
        outputs: usize,
        d_model: usize,
        weights: &mut impl WeightSource,
        device: &Device,
    ) -> Result<Self, WeightError> {
        Ok(Self {
            weight: weights.matrix(&format!("{name}.weight"), [outputs, d_model], device)?,
            bias: weights.vector(&format!("{name}.bias"), outputs, device)?,
        })
    }

    pub fn outputs(&self) -> usize {
        self.bias.val().dims()[0]
    }

    /// `[rows, d_model] → [rows, outputs]`
    pub fn forward(&self, hidden: Tensor<2>) -> Tensor<2> {
        super::super::ops::linear(hidden, self.weight.val().transpose(), self.bias.val())
    }
}
