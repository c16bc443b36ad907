//! Bottleneck adapters between the layers of a block.

use burn::module::Param;
use burn::prelude::*;
use burn::tensor::activation::{relu, silu};

use super::{BottleneckSettings, Placement};
use crate::methods::{Adapts, OwnFormat};
use crate::model::gpt2::{Conv1D, Gpt2};
use crate::model::parts::Pass;
use crate::settings::Seed;

impl Adapts for BottleneckSettings {
    fn inside(&self, model: &mut Gpt2, seed: &mut Seed) {
        let (d_model, device) = (model.d_model(), model.device());
        for block in &mut model.transformer.h {
            let mut fresh = || Some(Bottleneck::init(d_model, self, seed, &device));
            if self.placement == Placement::Houlsby {
                block.attn_adapter = fresh();
            }
            block.mlp_adapter = fresh();
        }
    }

    fn own(&self) -> Option<&dyn OwnFormat> {
        Some(self)
    }
}

/// `x ↦ up(f(down(x)))`; the sums around it are the block's.
#[derive(Module, Debug)]
pub struct Bottleneck {
    /// `[d_model, bottleneck]`
    pub down: Conv1D,
    /// `[bottleneck, d_model]`
    pub up: Conv1D,
    #[module(skip)]
    pub placement: Placement,
}

impl Bottleneck {
    /// Weights of `down` normal with 0.02, everything else 0, so that the adapted model begins as the base model.
    pub fn init(
        d_model: usize,
        settings: &BottleneckSettings,
        seed: &mut Seed,
        device: &Device,
    ) -> Self {
        let size = settings.bottleneck;
        let down = (0..d_model * size)
            .map(|_| seed.normal(0.02) as f32)
            .collect();
        Self {
            down: layer(down, [d_model, size], device),
            up: layer(vec![0.0; size * d_model], [size, d_model], device),
            placement: settings.placement,
        }
    }

    /// `[rows, d_model] → [rows, d_model]`
    pub fn forward(&self, x: Tensor<2>, pass: &mut Pass) -> Tensor<2> {
        let narrow = self.down.forward(x, pass);
        let narrow = match self.placement {
            Placement::Houlsby => silu(narrow),
            Placement::Pfeiffer => relu(narrow),
        };
        self.up.forward(narrow, pass)
    }
}

fn layer(weight: Vec<f32>, [d_in, d_out]: [usize; 2], device: &Device) -> Conv1D {
    let bias = TensorData::new(vec![0f32; d_out], [d_out]);
    Conv1D::new(
        Param::from_data(TensorData::new(weight, [d_in, d_out]), device),
        Param::from_data(bias, device),
    )
}
