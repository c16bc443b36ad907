//! (IA)³ (Liu et al. 2022): one learned factor for each value that a frozen layer reads or gives.

use burn::module::Param;
use burn::prelude::*;

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

    /// The layer's input, `[rows, in]`.
    pub fn before(&self, x: Tensor<2>) -> Tensor<2> {
        if self.feedforward { x * self.row() } else { x }
    }

    /// The layer's output, bias included, `[rows, out]`.
    pub fn after(&self, y: Tensor<2>) -> Tensor<2> {
        if self.feedforward { y } else { y * self.row() }
    }

    /// The layer's weight `[in, out]` and bias `[out]` with the factors multiplied in.
    pub fn merge(&self, weight: Tensor<2>, bias: Tensor<1>) -> (Tensor<2>, Tensor<1>) {
        if self.feedforward {
            (weight * self.factors.val().unsqueeze_dim::<2>(1), bias)
        } else {
            (weight * self.row(), bias * self.factors.val())
        }
    }

    fn row(&self) -> Tensor<2> {
        self.factors.val().unsqueeze()
    }
}
