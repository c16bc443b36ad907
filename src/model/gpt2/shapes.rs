//! What a configuration's model consists of, without a model: names and shapes alone.

use super::Gpt2Config;
use crate::settings::Gpt2Sizes;

impl Gpt2Config {
    /// The sizes that decide every shape.
    pub fn sizes(&self) -> Gpt2Sizes {
        Gpt2Sizes {
            vocabulary: self.vocab_size,
            positions: self.n_positions,
            width: self.n_embd,
            inner: self.inner(),
            blocks: self.n_layer,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::gpt2::{Gpt2, RandomWeights};
    use crate::model::heads::sequence_classification::Score;
    use crate::model::parameters;
    use crate::settings::Seed;
    use burn::prelude::Device;

    #[test]
    fn is_the_models_own_list() {
        let config = Gpt2Config::sized(11, 8, 6, 2, 2);
        let (device, mut weights) = (Device::flex(), RandomWeights::new(Seed::new(1), 2));
        let model = Gpt2::load(&config, &mut weights, &device)
            .unwrap()
            .with_score(Score::init(3, 6, &mut Seed::new(2), &device));
        let listed: Vec<_> = parameters::list(&model)
            .into_iter()
            .map(|p| (p.name, p.shape))
            .collect();
        assert_eq!(config.sizes().parameters(Some(3)), listed);
    }
}
