//! Weights from a seed, for pre-training from scratch.

use burn::prelude::*;

use super::super::weights::{WeightError, WeightSource};
use crate::settings::Seed;

/// BERT's own start (`BertPreTrainedModel._init_weights`): normal with deviation 0.02, biases 0, layer norms 1.
pub struct RandomWeights {
    seed: Seed,
}

impl RandomWeights {
    pub fn new(seed: Seed) -> Self {
        Self { seed }
    }
}

impl WeightSource for RandomWeights {
    fn tensor(&mut self, name: &str, shape: &[usize]) -> Result<TensorData, WeightError> {
        let count: usize = shape.iter().product();
        let values: Vec<f32> = if name.ends_with("bias") {
            vec![0.0; count]
        } else if name.ends_with("LayerNorm.weight") {
            vec![1.0; count]
        } else {
            (0..count).map(|_| self.seed.normal(0.02) as f32).collect()
        };
        Ok(TensorData::new(values, shape.to_vec()))
    }
}
