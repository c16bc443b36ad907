//! Weights from a seed, for pre-training from scratch.

use burn::prelude::*;

use super::super::weights::WeightSource;
use crate::faults::WeightError;
use crate::methods::names::{self, Kind};
use crate::settings::Seed;

/// GPT-2's own start: normal with deviation 0.02, the projections into the residual stream divided by
/// √(2 · layers), biases 0, layer norms 1.
pub struct RandomWeights {
    seed: Seed,
    layers: usize,
}

impl RandomWeights {
    pub fn new(seed: Seed, layers: usize) -> Self {
        Self { seed, layers }
    }
}

impl WeightSource for RandomWeights {
    fn tensor(&mut self, name: &str, shape: &[usize]) -> Result<TensorData, WeightError> {
        let count: usize = shape.iter().product();
        let is_norm_gain = names::kind(name) == Kind::Norm && name.ends_with("weight");
        let values: Vec<f32> = if is_norm_gain {
            vec![1.0; count]
        } else if name.ends_with("bias") {
            vec![0.0; count]
        } else {
            let into_residual = name.ends_with("c_proj.weight");
            let shrink = if into_residual {
                (2.0 * self.layers as f64).sqrt()
            } else {
                1.0
            };
            (0..count)
                .map(|_| self.seed.normal(0.02 / shrink) as f32)
                .collect()
        };
        Ok(TensorData::new(values, shape.to_vec()))
    }
}
