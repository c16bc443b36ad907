//! The pull back to where a run began: L2-SP (Li et al. 2018) and EWC (Kirkpatrick et al. 2017).

use std::collections::BTreeMap;

use burn::module::Module;
use burn::prelude::*;

use super::GradientMap;
use crate::model::parameters::flattened;
use crate::settings::{Remedies, is_head};

struct Anchor {
    /// Where the parameter began; `None` is zero.
    start: Option<Tensor<1>>,
    /// How hard it is pulled: all elements alike, and where some matter more each by its own.
    even: f64,
    each: Option<Tensor<1>>,
}

impl Anchor {
    /// The penalty's gradient where the parameter is `away` from its anchor.
    fn pull(&self, away: Tensor<1>) -> Tensor<1> {
        match &self.each {
            Some(each) => away.clone() * each.clone() + away.mul_scalar(self.even),
            None => away.mul_scalar(self.even),
        }
    }
}

/// An anchor for every parameter that is held: the penalty is ½ Σ k (θ − θ₀)², with k = α + λ F.
pub struct Anchors(BTreeMap<String, Anchor>);

impl Anchors {
    /// Anchors `model`, which is as it is when the run begins. `fisher` is EWC's F where it is on.
    pub fn new<M: Module>(model: &M, remedies: &Remedies, fisher: &GradientMap) -> Self {
        let mut anchors = BTreeMap::new();
        for (info, value) in flattened(model) {
            if !info.trainable {
                continue;
            }
            let head = is_head(&info.name);
            let even = match (remedies.l2_sp_alpha > 0.0, head) {
                (true, true) => remedies.l2_sp_beta,
                (true, false) => remedies.l2_sp_alpha,
                (false, _) => 0.0,
            };
            let important = fisher.get(&info.name).filter(|_| !head);
            let each = important.map(|f| f.clone().mul_scalar(remedies.ewc_lambda));
            if even > 0.0 || each.is_some() {
                let start = (!head).then_some(value);
                anchors.insert(info.name, Anchor { start, even, each });
            }
        }
        Self(anchors)
    }

    /// Adds the penalty's gradient to `gradients`; the penalty, `[1]`, or `None` where nothing is held.
    pub fn pull<M: Module>(&self, model: &M, gradients: &mut GradientMap) -> Option<Tensor<1>> {
        let mut penalty: Option<Tensor<1>> = None;
        for (info, value) in flattened(model) {
            let Some(anchor) = self.0.get(&info.name) else {
                continue;
            };
            let away = match &anchor.start {
                Some(start) => value - start.clone(),
                None => value,
            };
            let pull = anchor.pull(away.clone());
            let cost = (pull.clone() * away).sum().mul_scalar(0.5);
            penalty = Some(match penalty {
                Some(sum) => sum + cost,
                None => cost,
            });
            let own = match gradients.remove(&info.name) {
                Some(gradient) => gradient + pull,
                None => pull,
            };
            gradients.insert(info.name, own);
        }
        penalty
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::gpt2::{Gpt2, Gpt2Config, RandomWeights};
    use crate::model::heads::Head;
    use crate::model::network::Network;
    use crate::model::parameters::with_values;
    use crate::settings::{Seed, Strategy};
    use crate::train::plan;

    const NAME: &str = "transformer.h.0.ln_1.bias";

    fn start() -> Gpt2 {
        let config = Gpt2Config::sized(7, 4, 4, 1, 2);
        let mut weights = RandomWeights::new(Seed::new(1), 1);
        let model = Gpt2::load(&config, &mut weights, &Device::flex().autodiff()).unwrap();
        let seed = Seed::new(2);
        let model = model.with_only_head(Head::Text { labels: 2 }, false, &seed);
        plan::prepare(model, &Strategy::Full, &seed).unwrap()
    }

    /// The start, but for one bias and the head.
    fn moved() -> Gpt2 {
        let bias = TensorData::new(vec![0.5f32, -1.0, 0.0, 2.0], [4]);
        let head = TensorData::new(vec![1.0f32; 8], [2, 4]);
        let values = [(NAME.to_owned(), bias), ("score.weight".to_owned(), head)];
        with_values(start(), values.into())
    }

    fn values(tensor: &Tensor<1>) -> Vec<f32> {
        tensor.clone().into_data().try_to_vec().unwrap()
    }

    #[test]
    fn l2_sp_pulls_base_weights_to_their_start_and_a_head_to_zero() {
        let remedies = Remedies {
            l2_sp_alpha: 0.1,
            l2_sp_beta: 0.02,
            ..Remedies::default()
        };
        let anchors = Anchors::new(&start(), &remedies, &GradientMap::new());
        let task = Tensor::from_floats([1.0, 1.0, 1.0, 1.0], &Device::flex());
        let mut gradients: GradientMap = [(NAME.to_owned(), task)].into();
        let penalty = anchors.pull(&moved(), &mut gradients).unwrap();
        // 0.1 · (0.5, −1, 0, 2) on top of the task's ones.
        for (ours, by_hand) in values(&gradients[NAME]).iter().zip([1.05, 0.9, 1.0, 1.2]) {
            assert!((ours - by_hand).abs() < 1e-6);
        }
        assert!(
            values(&gradients["score.weight"])
                .iter()
                .all(|g| (g - 0.02).abs() < 1e-7)
        );
        // ½ (0.1 · 5.25 + 0.02 · 8)
        assert!((values(&penalty)[0] - 0.3425).abs() < 1e-6);
        let still = values(&gradients["transformer.wte.weight"]);
        assert!(
            still.iter().all(|g| *g == 0.0),
            "what has not moved is not pulled"
        );
    }

    #[test]
    fn ewc_pulls_each_element_by_its_importance_and_leaves_the_head_alone() {
        let remedies = Remedies {
            ewc_lambda: 2.0,
            ..Remedies::default()
        };
        let importance = Tensor::from_floats([1.0, 0.5, 3.0, 0.0], &Device::flex());
        let fisher: GradientMap = [(NAME.to_owned(), importance)].into();
        let anchors = Anchors::new(&start(), &remedies, &fisher);
        let mut gradients = GradientMap::new();
        let penalty = anchors.pull(&moved(), &mut gradients).unwrap();
        assert_eq!(values(&gradients[NAME]), [1.0, -1.0, 0.0, 0.0]);
        assert_eq!(values(&penalty), [0.5 * (1.0 * 0.5 + 1.0)]);
        assert_eq!(gradients.len(), 1);
    }

    #[test]
    fn the_gradient_is_the_slope_of_the_penalty() {
        let remedies = Remedies {
            l2_sp_alpha: 0.3,
            ewc_lambda: 2.0,
            ..Remedies::default()
        };
        let importance = Tensor::from_floats([1.0, 0.5, 3.0, 0.0], &Device::flex());
        let fisher: GradientMap = [(NAME.to_owned(), importance)].into();
        let anchors = Anchors::new(&start(), &remedies, &fisher);
        let at = |third: f32| {
            let bias = TensorData::new(vec![0.5f32, -1.0, third, 2.0], [4]);
            let model = with_values(start(), [(NAME.to_owned(), bias)].into());
            let mut gradients = GradientMap::new();
            let penalty = anchors.pull(&model, &mut gradients).unwrap();
            (values(&penalty)[0], values(&gradients[NAME])[2])
        };
        let slope = (at(0.75).0 - at(0.25).0) / 0.5;
        assert!((slope - at(0.5).1).abs() < 1e-4, "{slope} {}", at(0.5).1);
    }
}
