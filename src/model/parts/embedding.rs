//! Tables of vectors, looked up by number.

use burn::module::Param;
use burn::prelude::*;

/// An embedding table.
#[derive(Module, Debug)]
pub struct Embedding {
    /// `[entries, d_model]`
    pub weight: Param<Tensor<2>>,
}

/// `[batch][seq]` as a tensor.
pub(crate) fn int_tensor(rows: &[Vec<i32>], device: &Device) -> Tensor<2, Int> {
    let width = rows.first().map_or(0, Vec::len);
    let flat: Vec<i32> = rows.iter().flatten().copied().collect();
    Tensor::from_data(TensorData::new(flat, [rows.len(), width]), device)
}
