//! Where a model's numbers come from: a file, or a seed.

use burn::module::Param;
use burn::prelude::*;

/// A weight that cannot be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WeightError {
    #[error(
        "the weights hold no tensor `{name}`; do config.json and the weights belong to one model?"
    )]
    Missing { name: String },
    #[error("tensor `{name}` has shape {found:?}, but the configuration asks for {expected:?}")]
    WrongShape {
        name: String,
        found: Vec<usize>,
        expected: Vec<usize>,
    },
    #[error("tensor `{name}` holds a value that is not a finite number (element {index})")]
    NotFinite { name: String, index: usize },
    #[error(
        "tensor `{name}` has type {dtype}; F64, F32, F16, BF16 and, for matrices with a scale for each row, I8 and U8 can be read"
    )]
    UnknownType { name: String, dtype: String },
    #[error(
        "tensor `{name}` is stored as {dtype}, so `{name}.scale` must hold an F32, F16 or BF16 number for each of \
         its {rows} rows, but {found}"
    )]
    Scale {
        name: String,
        dtype: String,
        rows: usize,
        found: String,
    },
    #[error("the weights cannot be read: {reason}")]
    Unreadable { reason: String },
}

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
