//! How much each parameter matters to a language model: the diagonal of the Fisher information.

use burn::prelude::*;

use super::GradientMap;
use super::gradients::{add, collect};
use super::{Learner, Objective};
use crate::data::batch::{Batch, IGNORED};
use crate::model::parts::Pass;

/// F = mean over texts of T · g², g the gradient of a text's mean loss over its T predictions: the
/// information that one predicted token carries on each parameter, since gradients of different tokens
/// are uncorrelated under the model. From the model's own samples this estimates the Fisher information
/// itself; from text that others wrote it is the "empirical" one.
#[derive(Default)]
pub struct Fisher {
    sum: GradientMap,
    texts: usize,
}

impl Fisher {
    /// Takes one text in, as a batch of the model's own language.
    pub fn add<M: Learner>(&mut self, model: &M, batch: &Batch) {
        let objective = Objective::language_of(model.family());
        let loss = model.loss(objective, batch, &mut Pass::default());
        let predictions = predictions(objective, batch) as f64;
        let squares = collect(loss.backward(), model)
            .into_iter()
            .map(|(name, g)| (name, g.square().mul_scalar(predictions)))
            .collect();
        add(&mut self.sum, squares);
        self.texts += 1;
    }

    pub fn texts(&self) -> usize {
        self.texts
    }

    /// The mean over the texts taken in, by parameter name.
    pub fn finish(self) -> GradientMap {
        let share = 1.0 / self.texts.max(1) as f64;
        self.sum
            .into_iter()
            .map(|(name, sum): (String, Tensor<1>)| (name, sum.mul_scalar(share)))
            .collect()
    }
}

fn predictions(objective: Objective, batch: &Batch) -> usize {
    // Nothing foretells a text's first token.
    let from = usize::from(objective == Objective::CausalLm);
    let labels = batch.labels.iter().flat_map(|row| &row[from..]);
    labels.filter(|label| **label != IGNORED).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::gpt2::Gpt2;
    use crate::model::gpt2::{Gpt2Config, RandomWeights};
    use crate::model::parameters::with_values;
    use crate::settings::Seed;

    /// Against finite differences of the loss in one bias.
    #[test]
    fn is_the_mean_of_squared_slopes() {
        const NAME: &str = "transformer.ln_f.bias";
        let config = Gpt2Config::sized(9, 8, 4, 1, 2);
        let mut weights = RandomWeights::new(Seed::new(3), 1);
        let model = Gpt2::load(&config, &mut weights, &Device::flex().autodiff()).unwrap();
        let model = model.with_trainable(|name| name == NAME);
        let texts = [vec![1, 5, 3, 8], vec![2, 2, 7]];
        let mut fisher = Fisher::default();
        texts
            .iter()
            .for_each(|text| fisher.add(&model, &Batch::causal(vec![text.clone()])));
        let ours: Vec<f32> = fisher.finish()[NAME]
            .clone()
            .into_data()
            .try_to_vec()
            .unwrap();

        let loss = |text: &Vec<i32>, place: usize, by: f32| -> f64 {
            let mut bias = vec![0f32; 4];
            bias[place] = by;
            let values = [(NAME.to_owned(), TensorData::new(bias, [4]))].into();
            let moved = with_values(model.clone(), values);
            let batch = Batch::causal(vec![text.clone()]);
            let loss = moved.loss(Objective::CausalLm, &batch, &mut Pass::default());
            let values: Vec<f32> = loss.inner().into_data().try_to_vec().unwrap();
            f64::from(values[0])
        };
        for (place, ours) in ours.iter().enumerate() {
            let squares = texts.iter().map(|text| {
                let slope = (loss(text, place, 0.05) - loss(text, place, -0.05)) / 0.1;
                slope * slope * (text.len() - 1) as f64
            });
            let expected = squares.sum::<f64>() / 2.0;
            assert!(
                (f64::from(*ours) - expected).abs() < 1e-3 * expected + 1e-8,
                "{place}: {ours} {expected}"
            );
        }
    }
}
