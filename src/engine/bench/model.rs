//! From the other engines' names and shapes to ours.

use burn::module::Param;
use burn::prelude::*;

use super::fixture::Fixture;
use crate::faults::{FixtureError, WeightError};
use crate::io::safetensors::NamedTensor;
use crate::methods::{Beside, Lora};
use crate::model::gpt2::Gpt2;
use crate::model::weights::WeightSource;
use crate::settings::names::short;
use crate::settings::{Seed, Strategy};

/// The model with the fixture's weights, gradients asked for as the strategy says.
pub fn prepare(
    mut fixture: Fixture,
    strategy: &Strategy,
    device: &Device,
) -> Result<Gpt2, FixtureError> {
    let model = Gpt2::load(&Fixture::config(), &mut fixture, device)?;
    let model = match strategy {
        Strategy::Lora(_) => with_adapters(model, strategy, &mut fixture, device)?,
        _ => model,
    };
    Ok(model.with_trainable(|name| strategy.trains(name)))
}

fn with_adapters(
    model: Gpt2,
    strategy: &Strategy,
    fixture: &mut Fixture,
    device: &Device,
) -> Result<Gpt2, FixtureError> {
    let mut failure = None;
    // Their first values are replaced at once, so any seed will do.
    let model = model
        .with_strategy(strategy, &mut Seed::new(0))
        .map_beside(|layer, mut beside| {
            if let Some(Beside::Lora(lora)) = &mut beside {
                let name = peer_name(&format!("{}.weight", short(layer.path)));
                if let Err(error) = fill(lora, &name, fixture, device) {
                    failure.get_or_insert(error);
                }
            }
            beside
        });
    failure.map_or(Ok(model), |error| Err(error.into()))
}

/// Their `x A B` is our `x Aᵀ Bᵀ`.
fn fill(
    lora: &mut Lora,
    name: &str,
    fixture: &mut Fixture,
    device: &Device,
) -> Result<(), WeightError> {
    let a = transposed(fixture.take(&format!("{name}_A"))?);
    let b = transposed(fixture.take(&format!("{name}_B"))?);
    lora.a = Param::from_data(a, device);
    lora.b = Param::from_data(b, device);
    Ok(())
}

fn transposed(tensor: NamedTensor) -> TensorData {
    let (rows, columns) = (tensor.shape[0], tensor.shape[1]);
    let values: Vec<f32> = (0..columns)
        .flat_map(|column| tensor.values.iter().skip(column).step_by(columns).copied())
        .collect();
    TensorData::new(values, [columns, rows])
}

impl WeightSource for Fixture {
    fn tensor(&mut self, name: &str, shape: &[usize]) -> Result<TensorData, WeightError> {
        let tensor = self.take(&peer_name(name))?;
        if tensor.shape != shape {
            let (found, expected) = (tensor.shape, shape.to_vec());
            return Err(WeightError::WrongShape {
                name: tensor.name,
                found,
                expected,
            });
        }
        Ok(TensorData::new(tensor.values, tensor.shape))
    }
}

/// `h.0.attn.c_attn.weight` → `h0_attn_w`.
fn peer_name(name: &str) -> String {
    let (block, rest) = match name
        .strip_prefix("h.")
        .and_then(|rest| rest.split_once('.'))
    {
        Some((index, rest)) => (format!("h{index}_"), rest),
        None => (String::new(), name),
    };
    let (module, parameter) = rest.rsplit_once('.').unwrap_or((rest, ""));
    let (module, weight) = match module {
        "attn.c_attn" => ("attn", "_w"),
        "attn.c_proj" => ("proj", "_w"),
        "mlp.c_fc" => ("fc", "_w"),
        "mlp.c_proj" => ("fc2", "_w"),
        "ln_1" => ("ln1", "_g"),
        "ln_2" => ("ln2", "_g"),
        "ln_f" => ("lnf", "_g"),
        other => (other, ""),
    };
    format!(
        "{block}{module}{}",
        if parameter == "bias" { "_b" } else { weight }
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_other_engines() {
        assert_eq!(peer_name("wte.weight"), "wte");
        assert_eq!(peer_name("h.3.ln_2.bias"), "h3_ln2_b");
        assert_eq!(peer_name("ln_f.weight"), "lnf_g");
        assert_eq!(peer_name("h.0.mlp.c_proj.weight"), "h0_fc2_w");
    }
}
