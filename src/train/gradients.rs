//! What backward produced, by parameter name, and clipping by the global norm.

use std::collections::BTreeMap;

use burn::module::{Module, Param};
use burn::prelude::*;
use burn::tensor::Gradients;

use crate::model::parameters::{ParameterFn, for_each};

/// A flattened gradient for every parameter that got one. Frozen parameters have no entry, because
/// backward computed nothing for them.
pub type GradientMap = BTreeMap<String, Tensor<1>>;

/// Takes the gradients of `model`'s parameters out of what backward produced.
pub fn collect<M: Module>(mut produced: Gradients, model: &M) -> GradientMap {
    struct Collector<'a> {
        produced: &'a mut Gradients,
        found: GradientMap,
    }
    impl ParameterFn for Collector<'_> {
        fn call<const D: usize>(&mut self, name: &str, param: &Param<Tensor<D>>) {
            if let Some(gradient) = param.val().grad_remove(self.produced) {
                self.found
                    .insert(name.to_owned(), gradient.flatten::<1>(0, D - 1));
            }
        }
    }
    let collector = Collector {
        produced: &mut produced,
        found: GradientMap::new(),
    };
    for_each(model, collector).found
}

/// Adds `more` to `sum`, parameter by parameter.
pub fn add(sum: &mut GradientMap, more: GradientMap) {
    for (name, gradient) in more {
        let both = match sum.remove(&name) {
            Some(before) => before + gradient,
            None => gradient,
        };
        sum.insert(name, both);
    }
}

/// The 2-norm over all gradients together, left on the device: `[1]`.
pub fn global_norm(gradients: &GradientMap) -> Option<Tensor<1>> {
    gradients
        .values()
        .map(|g| g.clone().square().sum())
        .reduce(|a, b| a + b)
        .map(Tensor::sqrt)
}

/// Scales all gradients by `min(1, max_norm / (norm + 1e-6))`, as `torch.nn.utils.clip_grad_norm_`.
///
/// One norm over everything. burn's own clipping takes each tensor by itself, which changes the
/// direction of the step; see `clipping_is_global`. Nothing is read back. A `max_norm` of 0 or infinity clips nothing.
pub fn clip_by_global_norm(gradients: GradientMap, norm: &Tensor<1>, max_norm: f64) -> GradientMap {
    if max_norm == 0.0 || max_norm == f64::INFINITY {
        return gradients;
    }
    let coefficient = norm
        .clone()
        .add_scalar(1e-6)
        .recip()
        .mul_scalar(max_norm)
        .clamp_max(1.0);
    gradients
        .into_iter()
        .map(|(name, g)| (name, g * coefficient.clone()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(tensor: Tensor<1>) -> Vec<f32> {
        tensor.into_data().try_to_vec().unwrap()
    }

    #[test]
    fn clipping_is_global() {
        let device = Device::flex();
        let gradients: GradientMap = [
            ("a".to_owned(), Tensor::from_floats([3.0, 0.0], &device)),
            ("b".to_owned(), Tensor::from_floats([0.0, 4.0], &device)),
        ]
        .into();
        let norm = global_norm(&gradients).unwrap();
        assert_eq!(values(norm.clone()), [5.0]);
        let clipped = clip_by_global_norm(gradients, &norm, 1.0);
        // Both shrink by the same 1/5; per tensor they would have become 1 and 1.
        assert!((values(clipped["a"].clone())[0] - 0.6).abs() < 1e-6);
        assert!((values(clipped["b"].clone())[1] - 0.8).abs() < 1e-6);
    }

    #[test]
    fn a_norm_of_0_or_infinity_clips_nothing() {
        let device = Device::flex();
        let gradient = Tensor::from_floats([3e4, -4e4], &device);
        let gradients: GradientMap = [("a".to_owned(), gradient)].into();
        let norm = global_norm(&gradients).unwrap();
        for max_norm in [0.0, f64::INFINITY] {
            let clipped = clip_by_global_norm(gradients.clone(), &norm, max_norm);
            assert_eq!(values(clipped["a"].clone()), [3e4, -4e4]);
        }
    }

    #[test]
    fn a_small_gradient_is_left_alone() {
        let device = Device::flex();
        let gradients: GradientMap = [("a".to_owned(), Tensor::from_floats([0.3], &device))].into();
        let norm = global_norm(&gradients).unwrap();
        assert_eq!(
            values(clip_by_global_norm(gradients, &norm, 1.0)["a"].clone()),
            [0.3]
        );
    }
}
