//! A head of one linear layer with a bias, as `torch.nn.Linear` keeps it: `classifier` of
//! `GPT2ForTokenClassification` and of BERT's classifiers, `qa_outputs` of either's `ForQuestionAnswering`.

use burn::module::Param;
use burn::prelude::*;

use super::super::weights::WeightSource;
use crate::faults::WeightError;
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

    /// Of values at hand, `[outputs, d_model]` and `[outputs]`.
    pub fn of(weight: TensorData, bias: TensorData, device: &Device) -> Self {
        Self {
            weight: Param::from_data(weight, device),
            bias: Param::from_data(bias, device),
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

    /// `own` if it has as many outputs, else a fresh one: `[outputs, d_model]`.
    pub fn own_or_fresh(
        own: Option<Self>,
        [outputs, d_model]: [usize; 2],
        seed: &mut Seed,
        device: &Device,
    ) -> Self {
        own.filter(|own| own.outputs() == outputs)
            .unwrap_or_else(|| Self::init(outputs, d_model, seed, device))
    }

    pub fn outputs(&self) -> usize {
        self.bias.lazy_shape()[0]
    }

    /// `[rows, d_model] → [rows, outputs]`
    pub fn forward(&self, hidden: Tensor<2>) -> Tensor<2> {
        super::super::ops::linear(hidden, self.weight.val().transpose(), self.bias.val())
    }
}
