//! One transformer block, layer norms first.

use burn::prelude::*;

use super::super::parts::{LayerNorm, Pass, select_rows};
use super::super::weights::WeightSource;
use super::{Attention, Frame, Gpt2Config, Mlp};
use crate::faults::WeightError;
use crate::methods::{Bottleneck, Placement};

/// `x + attn(ln_1(x))`, then `x + mlp(ln_2(x))`, with bottleneck adapters on the branches where there are any.
#[derive(Module, Debug)]
pub struct Block {
    pub ln_1: LayerNorm,
    pub attn: Attention,
    pub ln_2: LayerNorm,
    pub mlp: Mlp,
    pub attn_adapter: Option<Bottleneck>,
    pub mlp_adapter: Option<Bottleneck>,
}

impl Block {
    pub fn load(
        index: usize,
        config: &Gpt2Config,
        weights: &mut impl WeightSource,
        device: &Device,
    ) -> Result<Self, WeightError> {
        let (d_model, epsilon) = (config.n_embd, config.layer_norm_epsilon);
        let name = format!("h.{index}");
        Ok(Self {
            ln_1: LayerNorm::load(&format!("{name}.ln_1"), d_model, epsilon, weights, device)?,
            attn: Attention::load(&format!("{name}.attn"), config, weights, device)?,
            ln_2: LayerNorm::load(&format!("{name}.ln_2"), d_model, epsilon, weights, device)?,
            mlp: Mlp::load(&format!("{name}.mlp"), config, weights, device)?,
            attn_adapter: None,
            mlp_adapter: None,
        })
    }

    /// `[batch · seq, d_model] → [batch · seq, d_model]`, or only the rows that the frame asks this block for.
    pub fn forward(&self, x: Tensor<2>, frame: &Frame, index: usize, pass: &mut Pass) -> Tensor<2> {
        let attended = self
            .attn
            .forward(self.ln_1.forward(x.clone()), frame, index, pass);
        let x = match frame.asked_of(index) {
            Some(rows) => select_rows(x, rows),
            None => x,
        };
        let x = add(x, attended, self.attn_adapter.as_ref(), pass);
        let refined = self.mlp.forward(self.ln_2.forward(x.clone()), pass);
        add(x, refined, self.mlp_adapter.as_ref(), pass)
    }
}

/// `x` plus its branch. Houlsby's adapter reads the branch, Pfeiffer's the sum.
fn add(
    x: Tensor<2>,
    branch: Tensor<2>,
    adapter: Option<&Bottleneck>,
    pass: &mut Pass,
) -> Tensor<2> {
    match adapter {
        None => x + branch,
        Some(adapter) => {
            let read = match adapter.placement {
                Placement::Houlsby => branch.clone(),
                Placement::Pfeiffer => x.clone() + branch.clone(),
            };
            x + branch + adapter.forward(read, pass)
        }
    }
}
