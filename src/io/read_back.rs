//! A model's parameters read back from its device, one after another.

use burn::module::{Module, Param};
use burn::prelude::*;

use super::safetensors::NamedTensor;
use crate::faults::Fault;
use crate::model::numbers;
use crate::model::parameters::{ParameterFn, for_each};

/// Those that `wanted` names.
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
        let values = numbers::values(&name, flat).await?;
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
