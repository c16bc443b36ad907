//! Some rows of many.

use burn::prelude::*;

/// The rows with these numbers, in this order: `[rows, width] → [picked, width]`.
pub fn select_rows(x: Tensor<2>, rows: &[i32]) -> Tensor<2> {
    let rows = TensorData::new(rows.to_vec(), [rows.len()]);
    let rows = Tensor::<1, Int>::from_data(rows, &x.device());
    x.select(0, rows)
}
