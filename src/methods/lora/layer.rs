//! LoRA beside a linear layer, on the cheap path: the product B·A is never formed in training. DoRA (Liu et
//! al. 2024) forms it once a step, for the length of each column.

use burn::module::Param;
use burn::prelude::*;

use super::LoraSettings;
use crate::methods::engine::made_from;
use crate::methods::{Adapts, Beside, BesideLinear, LinearAt, PeftFormat};
use crate::model::ops::{linear, lora, lora_linear};
use crate::model::parts::Pass;
use crate::settings::Seed;

impl Adapts for LoraSettings {
    fn beside(&self, layer: &LinearAt, seed: &mut Seed) -> Option<Beside> {
        let lora = || Lora::init(layer, self, seed);
        self.targets(layer.path).then(lora).map(Beside::Lora)
    }

    fn peft(&self) -> Option<&dyn PeftFormat> {
        Some(self)
    }
}

/// `x ↦ (alpha / r) · dropout(x) Aᵀ Bᵀ`, in PEFT's shapes.
#[derive(Module, Debug)]
pub struct Lora {
    /// `[r, in]`
    pub a: Param<Tensor<2>>,
    /// `[out, r]`
    pub b: Param<Tensor<2>>,
    /// DoRA's lengths of the columns of W + ΔW, `[out]`; without DoRA they are left to the product.
    pub magnitude: Option<Param<Tensor<1>>>,
    #[module(skip)]
    pub scaling: f64,
    #[module(skip)]
    pub dropout: f64,
}

impl Lora {
    /// PEFT's start beside a layer: A Kaiming-uniform with a = √5, that is uniform in ±1/√in, and B zero, so that the
    /// adapted model begins as the base model. DoRA begins with the lengths that the columns have.
    pub fn init(layer: &LinearAt, settings: &LoraSettings, seed: &mut Seed) -> Self {
        let weight = layer.weight.clone();
        let ([d_in, d_out], device) = (weight.dims(), weight.device());
        let rank = settings.rank_at(layer.path);
        let bound = 1.0 / (d_in as f64).sqrt();
        let a: Vec<f32> = (0..rank * d_in)
            .map(|_| ((seed.uniform() * 2.0 - 1.0) * bound) as f32)
            .collect();
        Self {
            a: Param::from_data(TensorData::new(a, [rank, d_in]), &device),
            b: Param::from_data(
                TensorData::new(vec![0f32; d_out * rank], [d_out, rank]),
                &device,
            ),
            magnitude: settings.use_dora.then(|| made_from(weight, column_lengths)),
            scaling: settings.scaling_at(layer.path),
            dropout: settings.dropout,
        }
    }

    /// The scaled product alone.
    ///
    /// # Shapes
    /// `[rows, in] → [rows, out]`
    fn product(&self, x: Tensor<2>, pass: &mut Pass) -> Tensor<2> {
        lora(
            pass.dropout(x, self.dropout),
            (self.a.val(), self.b.val()),
            self.scaling,
        )
    }

    /// What merging adds to the weight: `(alpha / r) · (B A)ᵀ`, `[in, out]`.
    pub fn delta(&self) -> Tensor<2> {
        self.b
            .val()
            .matmul(self.a.val())
            .transpose()
            .mul_scalar(self.scaling)
    }

    /// DoRA: the layer `x W + b` with every column of W + ΔW brought to its learned length. As in PEFT the length
    /// that is divided by takes no part in the gradient (section 4.3 of the paper), and dropout touches what is
    /// added alone.
    fn forward_weighted(
        &self,
        x: Tensor<2>,
        (weight, bias): (Tensor<2>, Tensor<1>),
        pass: &mut Pass,
    ) -> Tensor<2> {
        let factor = self.column_factor(weight.clone());
        if !pass.drops(self.dropout) {
            let directed = x.clone().matmul(weight) + self.product(x, pass);
            return directed * factor + bias.unsqueeze();
        }
        let dropped = pass.dropout(x.clone(), self.dropout);
        let pair = (self.a.val(), self.b.val());
        let added = lora(dropped.clone(), pair, self.scaling) * factor.clone();
        let stretched = dropped.matmul(weight.clone()) * (factor - 1.0);
        linear(x, weight, bias) + stretched + added
    }

    /// Learned over present length of each column, `[1, out]`; 1 without DoRA's magnitudes.
    fn column_factor(&self, weight: Tensor<2>) -> Tensor<2> {
        let lengths = column_lengths((weight + self.delta()).detach());
        match &self.magnitude {
            Some(magnitude) => (magnitude.val() / lengths).unsqueeze(),
            None => lengths.ones_like().unsqueeze(),
        }
    }
}

impl Beside {
    /// LoRA changed, anything else as it is.
    pub fn map_lora(beside: Option<Self>, change: impl FnOnce(Lora) -> Lora) -> Option<Self> {
        beside.map(|beside| match beside {
            Self::Lora(lora) => Self::Lora(change(lora)),
            other => other,
        })
    }
}

impl BesideLinear for Lora {
    fn forward(&self, x: Tensor<2>, base: (Tensor<2>, Tensor<1>), pass: &mut Pass) -> Tensor<2> {
        if self.magnitude.is_some() {
            return self.forward_weighted(x, base, pass);
        }
        if pass.drops(self.dropout) {
            return linear(x.clone(), base.0, base.1) + self.product(x, pass);
        }
        // Both read the same input, so one operation can do for both.
        lora_linear(x, base, (self.a.val(), self.b.val()), self.scaling)
    }

    fn merge(&self, (weight, bias): (Tensor<2>, Tensor<1>)) -> (Tensor<2>, Tensor<1>) {
        let sum = weight.clone() + self.delta();
        let merged = match self.magnitude {
            Some(_) => sum * self.column_factor(weight),
            None => sum,
        };
        (merged, bias)
    }
}

/// L2 norm of each column, `[in, out] → [out]`.
fn column_lengths(weight: Tensor<2>) -> Tensor<1> {
    weight.square().sum_dim(0).sqrt().squeeze_dim(0)
}
