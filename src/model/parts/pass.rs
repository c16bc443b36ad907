//! What one forward pass carries along besides its input.

use burn::prelude::*;

use super::{KvCache, Noise};

/// Training noise on or off, a cache to extend, a record to fill. The default is plain inference.
#[derive(Default)]
pub struct Pass<'a> {
    /// Draws dropout masks; `None` outside training.
    pub noise: Option<&'a mut Noise>,
    pub cache: Option<&'a mut KvCache>,
    pub record: Option<&'a mut Record>,
    /// What an example of each class counts in the loss; without them all count alike.
    pub class_weights: Option<&'a [f32]>,
    /// Whether a token may look only at itself and what stands before it; `None` leaves it as the model was made:
    /// GPT-2 so, BERT not.
    pub causal: Option<bool>,
}

/// What a pass went through, kept only on request.
#[derive(Default)]
pub struct Record {
    /// Token plus position embeddings, then the raw output of every block: `[batch, seq, d_model]` each.
    pub hidden: Vec<Tensor<3>>,
    /// After the final layer norm, `[batch, seq, d_model]`.
    pub final_hidden: Option<Tensor<3>>,
    /// Attention probabilities of every block, `[batch, heads, queries, keys]` each.
    pub attention: Vec<Tensor<4>>,
}

impl Pass<'_> {
    /// Whether [`Self::dropout`] with this probability would change anything.
    pub fn drops(&self, probability: f64) -> bool {
        self.noise.is_some() && probability > 0.0
    }

    /// Only these of the rows that count through `[batch · seq]` go on, to a head.
    pub fn pick(&mut self, rows: &[i32], seq: usize) {
        if let Some(noise) = self.noise.as_deref_mut() {
            noise.pick(rows, seq);
        }
    }

    /// Inverted dropout. The mask is drawn on the CPU from the run's own seed, so that a run repeats on
    /// every device.
    pub fn dropout(&mut self, x: Tensor<2>, probability: f64) -> Tensor<2> {
        let Some(noise) = self.noise.as_deref_mut().filter(|_| probability > 0.0) else {
            return x;
        };
        let shape = x.dims();
        let mask = noise.mask(shape, probability);
        let mask = Tensor::<2>::from_data(TensorData::new(mask, shape), &x.device());
        x * mask
    }
}
