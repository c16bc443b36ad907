//! What one forward pass carries along besides its input.

use burn::prelude::*;

use super::{KvCache, Noise, select_rows};

/// Training noise on or off, a cache to extend, a record to fill. The default is plain inference.
#[derive(Default)]
pub struct Pass<'a> {
    /// Draws dropout masks; `None` outside training.
    pub noise: Option<&'a mut Noise>,
    pub cache: Option<&'a mut KvCache>,
    pub record: Option<&'a mut Record>,
    /// What an example of each class counts in the loss; without them all count alike.
    pub class_weights: Option<&'a [f32]>,
    /// The rows that somebody asks the last layer for, counted through `[batch · seq]` of the tokens given; `None` is all of
    /// them. It has keys and values of every token, and what it does behind its attention it does for these alone, unless
    /// everything is recorded. Taken out by the pass that goes by it.
    pub asked: Option<Vec<i32>>,
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

    /// Plain inference of these rows; see [`Self::asked`].
    pub fn asking(rows: Vec<i32>) -> Self {
        Self {
            asked: Some(rows),
            ..Self::default()
        }
    }

    /// The rows that the last layer goes on with behind its attention, where it is not all of them.
    pub fn asked_behind_attention(&mut self) -> Option<Vec<i32>> {
        match self.record {
            None => self.asked.take(),
            Some(_) => None,
        }
    }

    /// Those of all hidden states that are asked for still.
    pub fn asked_of_all(&mut self, hidden: Tensor<2>) -> Tensor<2> {
        match self.asked.take() {
            Some(rows) => select_rows(hidden, &rows),
            None => hidden,
        }
    }

    /// Only these of the rows that count through `[batch · seq]` go on.
    pub fn pick(&mut self, x: Tensor<2>, rows: &[i32], seq: usize) -> Tensor<2> {
        if let Some(noise) = self.noise.as_deref_mut() {
            noise.pick(rows, seq);
        }
        select_rows(x, rows)
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
