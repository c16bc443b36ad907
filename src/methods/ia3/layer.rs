//! One learned factor for each value that a frozen layer reads or gives.

use burn::module::Param;
use burn::prelude::*;

use super::Ia3Settings;
use crate::methods::{Adapts, Beside, BesideLinear, LinearAt, PeftFormat};
use crate::model::ops::linear;
use crate::model::parts::Pass;
use crate::settings::Seed;

impl Adapts for Ia3Settings {
    fn beside(&self, layer: &LinearAt, _seed: &mut Seed) -> Option<Beside> {
        let (sides, device) = (layer.weight.dims(), layer.weight.device());
        let ia3 = || Ia3::init(sides, self.is_feedforward(layer.path), &device);
        self.targets(layer.path).then(ia3).map(Beside::Ia3)
    }

    fn peft(&self) -> Option<&dyn PeftFormat> {
        Some(self)
    }
}

/// PEFT's `ia3_l`.
#[derive(Module, Debug)]
pub struct Ia3 {
    /// `[in]` in a feed-forward module, else `[out]`
    pub factors: Param<Tensor<1>>,
    /// Whether the layer's input is rescaled instead of its output.
    #[module(skip)]
    pub feedforward: bool,
}

impl Ia3 {
    /// Every factor 1, so that the adapted model begins as the base model.
    pub fn init([d_in, d_out]: [usize; 2], feedforward: bool, device: &Device) -> Self {
        let size = if feedforward { d_in } else { d_out };
        Self {
            factors: Param::from_data(TensorData::new(vec![1f32; size], [size]), device),
            feedforward,
        }
    }

    /// `[1, in or out]`
    fn row(&self) -> Tensor<2> {
        self.factors.val().unsqueeze()
    }
}

impl BesideLinear for Ia3 {
    fn forward(
        &self,
        x: Tensor<2>,
        (weight, bias): (Tensor<2>, Tensor<1>),
        _pass: &mut Pass,
    ) -> Tensor<2> {
        match self.feedforward {
            true => linear(x * self.row(), weight, bias),
            false => linear(x, weight, bias) * self.row(),
        }
    }

    fn merge(&self, (weight, bias): (Tensor<2>, Tensor<1>)) -> (Tensor<2>, Tensor<1>) {
        match self.feedforward {
            true => (weight * self.factors.val().unsqueeze_dim::<2>(1), bias),
            false => (weight * self.row(), bias * self.factors.val()),
        }
    }
}
