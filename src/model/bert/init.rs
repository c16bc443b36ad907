//! Weights from a seed, for pre-training from scratch.

use burn::prelude::*;

use super::super::weights::WeightSource;
use crate::faults::WeightError;
use crate::settings::Seed;

/// Normal weights, biases 0, layer norms 1.
pub struct RandomWeights {
    seed: Seed,
    /// Fit for a narrow model: see [`RandomWeights::for_narrow`].
    narrow: bool,
}

/// BERT's `initializer_range`.
const DEVIATION: f64 = 0.02;

impl RandomWeights {
    /// BERT's own start (`BertPreTrainedModel._init_weights`): deviation 0.02 throughout.
    pub fn new(seed: Seed) -> Self {
        let narrow = false;
        Self { seed, narrow }
    }

    /// A start from which a model of width 128 finds its context within minutes. 0.02 is made for 768: it
    /// leaves a narrow layer's output a small fraction of its input, so here a linear layer has 1/√inputs.
    /// And positions begin as sinusoids (Vaswani et al. 2017), among which "the next place" is one rotation
    /// for all places, while random ones must be learned pair by pair. Both stay free to move.
    pub fn for_narrow(seed: Seed) -> Self {
        let narrow = true;
        Self { seed, narrow }
    }

    fn normal(&mut self, count: usize, deviation: f64) -> Vec<f32> {
        let draw = |_| self.seed.normal(deviation) as f32;
        (0..count).map(draw).collect()
    }
}

/// `[positions, width]`: pairs of sine and cosine, of deviation 0.02 over the table.
fn sinusoids(positions: usize, width: usize) -> Vec<f32> {
    let amplitude = DEVIATION * std::f64::consts::SQRT_2;
    let value = |place: usize, i: usize| {
        let angle = place as f64 / 10_000f64.powf((i - i % 2) as f64 / width as f64);
        let wave = if i.is_multiple_of(2) {
            angle.sin()
        } else {
            angle.cos()
        };
        (amplitude * wave) as f32
    };
    let places = 0..positions;
    places
        .flat_map(|place| (0..width).map(move |i| value(place, i)))
        .collect()
}

impl WeightSource for RandomWeights {
    fn tensor(&mut self, name: &str, shape: &[usize]) -> Result<TensorData, WeightError> {
        let count: usize = shape.iter().product();
        let values = if name.ends_with("bias") {
            vec![0.0; count]
        } else if name.ends_with("LayerNorm.weight") {
            vec![1.0; count]
        } else {
            match *shape {
                [positions, width] if self.narrow && name.contains("position_embeddings") => {
                    sinusoids(positions, width)
                }
                [_, inputs] if self.narrow && !name.contains("_embeddings") => {
                    self.normal(count, 1.0 / (inputs as f64).sqrt())
                }
                _ => self.normal(count, DEVIATION),
            }
        };
        Ok(TensorData::new(values, shape.to_vec()))
    }
}
