//! A model's tensors read back from its device without blocking, as a browser's WebGPU demands.

use burn::module::{Module, Param};
use burn::prelude::*;

use super::safetensors::NamedTensor;
use crate::faults::{Fault, WeightError};
use crate::model::parameters::{ParameterFn, for_each};

/// The numbers of one tensor, row by row. `name` says in an error which one could not be had.
pub async fn values<const D: usize>(name: &str, tensor: Tensor<D>) -> Result<Vec<f32>, Fault> {
    let data = tensor.into_data_async().await;
    let data = data.map_err(|e| not_had(name, e))?;
    data.try_to_vec::<f32>().map_err(|e| not_had(name, e))
}

/// What a device says that does not give a tensor back.
pub(super) fn not_had(name: &str, error: impl std::fmt::Debug) -> Fault {
    let error = WeightError::ReadBack {
        name: name.to_owned(),
        reason: format!("{error:?}"),
    };
    error.into()
}

/// The parameters that `wanted` names, read back one after another.
pub async fn parameters<M: Module>(
    model: &M,
    wanted: impl Fn(&str) -> bool,
) -> Result<Vec<NamedTensor>, Fault> {
    let mut tensors = Vec::new();
    for (name, shape, flat) in for_each(
        model,
        Picker {
            wanted,
            picked: Vec::new(),
        },
    )
    .picked
    {
        let values = values(&name, flat).await?;
        tensors.push(NamedTensor {
            name,
            shape,
            values,
        });
    }
    Ok(tensors)
}

/// Notes the tensors first, since a visitor cannot wait.
struct Picker<W> {
    wanted: W,
    picked: Vec<(String, Vec<usize>, Tensor<1>)>,
}

impl<W: Fn(&str) -> bool> ParameterFn for Picker<W> {
    fn call<const D: usize>(&mut self, name: &str, param: &Param<Tensor<D>>) {
        if (self.wanted)(name) {
            let tensor = param.val();
            let shape = tensor.dims().to_vec();
            self.picked.push((
                name.to_owned(),
                shape,
                tensor.detach().flatten::<1>(0, D - 1),
            ));
        }
    }
}
