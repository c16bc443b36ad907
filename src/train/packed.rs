//! Trained parameters and their gradients as plain numbers in one row, to be handed from worker to worker.

use std::collections::BTreeMap;

use burn::module::Module;
use burn::prelude::*;

use super::GradientMap;
use crate::faults::Fault;
use crate::model::numbers;
use crate::model::parameters::{flattened, list, with_values};
use crate::protocol::ParameterInfo;

/// The parameters of a model that train, in the order of its fields. Two workers that prepared a model alike agree on
/// it, so that names need not be sent.
#[derive(Debug, Clone)]
pub struct Packing(Vec<ParameterInfo>);

/// Gradients in a row. What got none has no numbers in it.
#[derive(Debug, Clone, PartialEq)]
pub struct PackedGradients {
    /// Which of the parameters got one.
    pub present: Vec<bool>,
    pub numbers: Vec<f32>,
}

impl Packing {
    pub fn of<M: Module>(model: &M) -> Self {
        let all = list(model).into_iter();
        Self(all.filter(|parameter| parameter.trainable).collect())
    }

    /// The parameters' values, read back.
    pub async fn values<M: Module>(model: &M) -> Result<Vec<f32>, Fault> {
        let all = flattened(model).into_iter();
        read(
            all.filter(|(info, _)| info.trainable)
                .map(|(_, value)| value),
        )
        .await
    }

    /// The model with these values in place of its own.
    pub fn with_values<M: Module>(&self, model: M, numbers: &[f32]) -> Result<M, Fault> {
        let mut row = Row(numbers);
        let mut values = BTreeMap::new();
        for parameter in &self.0 {
            let own = row.take(parameter.count())?.to_vec();
            let data = TensorData::new(own, parameter.shape.clone());
            values.insert(parameter.name.clone(), data);
        }
        row.end()?;
        Ok(with_values(model, values))
    }

    /// Gradients, read back.
    pub async fn pack(&self, mut gradients: GradientMap) -> Result<PackedGradients, Fault> {
        let own = self.0.iter();
        let found: Vec<Option<Tensor<1>>> = own.map(|p| gradients.remove(&p.name)).collect();
        let present = found.iter().map(Option::is_some).collect();
        let numbers = read(found.into_iter().flatten()).await?;
        Ok(PackedGradients { present, numbers })
    }

    /// Gradients that another worker has packed, as tensors of `device`.
    pub fn unpack(&self, packed: &PackedGradients, device: &Device) -> Result<GradientMap, Fault> {
        let mut row = Row(&packed.numbers);
        let mut gradients = GradientMap::new();
        let present = self.0.iter().zip(&packed.present);
        for (parameter, _) in present.filter(|(_, is_present)| **is_present) {
            let count = parameter.count();
            let data = TensorData::new(row.take(count)?.to_vec(), [count]);
            let gradient = Tensor::from_data(data, device);
            gradients.insert(parameter.name.clone(), gradient);
        }
        row.end()?;
        Ok(gradients)
    }
}

async fn read(tensors: impl Iterator<Item = Tensor<1>>) -> Result<Vec<f32>, Fault> {
    let mut all = Vec::new();
    for tensor in tensors {
        all.extend(numbers::values("packed tensor", tensor).await?);
    }
    Ok(all)
}

/// What is left of a row of numbers.
struct Row<'a>(&'a [f32]);

impl<'a> Row<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [f32], Fault> {
        let (own, rest) = self
            .0
            .split_at_checked(count)
            .ok_or_else(|| Fault::internal("a worker sent fewer numbers than the model trains"))?;
        self.0 = rest;
        Ok(own)
    }

    fn end(&self) -> Result<(), Fault> {
        match self.0.len() {
            0 => Ok(()),
            more => Err(Fault::internal(format!(
                "a worker sent {more} numbers more than the model trains"
            ))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::wait::block_on;
    use crate::model::gpt2::{Gpt2, Gpt2Config, RandomWeights};
    use crate::settings::Seed;

    fn model(seed: u64) -> Gpt2 {
        let config = Gpt2Config::sized(7, 4, 4, 1, 2);
        let mut weights = RandomWeights::new(Seed::new(seed), 1);
        let model = Gpt2::load(&config, &mut weights, &Device::flex().autodiff()).unwrap();
        model.with_trainable(|name| name.contains(".h.0.mlp."))
    }

    #[test]
    fn values_go_from_one_model_to_another() {
        let (from, to) = (model(1), model(2));
        let packing = Packing::of(&to);
        let values = block_on(Packing::values(&from)).unwrap();
        assert_ne!(block_on(Packing::values(&to)).unwrap(), values);
        let to = packing.with_values(to, &values).unwrap();
        assert_eq!(block_on(Packing::values(&to)).unwrap(), values);
        assert!(packing.with_values(to, &values[1..]).is_err());
    }

    #[test]
    fn a_parameter_without_a_gradient_stays_without() {
        let packing = Packing::of(&model(1));
        let device = Device::flex();
        let name = "transformer.h.0.mlp.c_fc.bias";
        let bias: Tensor<1> = Tensor::ones([16], &device);
        let gradients: GradientMap = [(name.to_owned(), bias)].into();
        let packed = block_on(packing.pack(gradients)).unwrap();
        assert_eq!(packed.numbers, [1.0; 16]);
        assert_eq!(packed.present.iter().filter(|p| **p).count(), 1);
        let back = packing.unpack(&packed, &device).unwrap();
        assert_eq!(back.keys().collect::<Vec<_>>(), [name]);
    }
}
