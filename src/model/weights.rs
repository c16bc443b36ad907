//! Where a model's numbers come from: a file, or a seed.

use burn::module::Param;
use burn::prelude::*;

use crate::faults::WeightError;

/// Gives tensors one at a time, so that a checkpoint is never twice in memory.
pub trait WeightSource {
    /// The tensor called `name` (relative to the transformer, as `h.0.ln_1.weight`), of exactly this shape.
    fn tensor(&mut self, name: &str, shape: &[usize]) -> Result<TensorData, WeightError>;

    fn matrix(
        &mut self,
        name: &str,
        shape: [usize; 2],
        device: &Device,
    ) -> Result<Param<Tensor<2>>, WeightError> {
        Ok(Param::from_data(self.tensor(name, &shape)?, device))
    }

    fn vector(
        &mut self,
        name: &str,
        length: usize,
        device: &Device,
    ) -> Result<Param<Tensor<1>>, WeightError> {
        Ok(Param::from_data(self.tensor(name, &[length])?, device))
    }
}

/// A source that may have more than every model needs, as a file.
pub trait StoredWeights: WeightSource {
    /// Whether it has the tensor, under whichever of its names.
    fn holds(&self, name: &str) -> bool;
}
