//! Numbers read back from the device that holds them, without blocking, as a browser's WebGPU demands.

use burn::prelude::*;

use crate::faults::{Fault, WeightError};

/// The numbers of a tensor, row by row. `name` says in an error which one could not be had.
pub async fn values<const D: usize>(name: &str, tensor: Tensor<D>) -> Result<Vec<f32>, Fault> {
    let data = tensor.into_data_async().await;
    of(name, &data.map_err(|e| not_had(name, e))?)
}

/// The only number of a tensor.
pub async fn value(name: &str, tensor: Tensor<1>) -> Result<f32, Fault> {
    let value = tensor.into_scalar_async::<f32>().await;
    value.map_err(|e| not_had(name, e))
}

/// The same of what has been read back already, or out of a file.
pub fn of(name: &str, data: &TensorData) -> Result<Vec<f32>, Fault> {
    data.try_to_vec::<f32>().map_err(|e| not_had(name, e))
}

/// What a device says that does not give a tensor back.
fn not_had(name: &str, error: impl std::fmt::Debug) -> Fault {
    let error = WeightError::ReadBack {
        name: name.to_owned(),
        reason: format!("{error:?}"),
    };
    error.into()
}
