//! AdamW (Loshchilov & Hutter 2019), operation for operation `torch.optim.AdamW`.

use std::collections::BTreeMap;

use burn::module::{Module, ModuleMapper, Param};
use burn::prelude::*;

use super::{GradientMap, muon};
use crate::model::ops::{AdamWRates, adamw};
use crate::settings::remedies::layer_rate;
use crate::settings::{TrainingSettings, WeightDecayOn};

/// The two running means of one parameter, flattened.
#[derive(Debug, Clone)]
pub struct Moments {
    pub first: Tensor<1>,
    pub second: Tensor<1>,
}

/// Settings and state. Only parameters that ever got a gradient have moments.
#[derive(Debug, Clone)]
pub struct AdamW {
    pub beta1: f64,
    pub beta2: f64,
    pub epsilon: f64,
    pub weight_decay: f64,
    pub decay_on: WeightDecayOn,
    /// Each block's rate over that of the block above it; 1 is one rate for all.
    pub layer_wise_lr_decay: f64,
    /// Blocks of the model, which that decay counts.
    pub blocks: usize,
    /// Give the blocks' matrices Muon's updates instead of AdamW's.
    pub muon: bool,
    /// Updates made so far.
    pub updates: i32,
    pub moments: BTreeMap<String, Moments>,
}

impl AdamW {
    pub fn new(settings: &TrainingSettings) -> Self {
        Self {
            beta1: settings.adam_beta1,
            beta2: settings.adam_beta2,
            epsilon: settings.adam_epsilon,
            weight_decay: settings.weight_decay,
            decay_on: settings.weight_decay_on,
            layer_wise_lr_decay: settings.remedies.layer_wise_lr_decay,
            blocks: 0,
            muon: false,
            updates: 0,
            moments: BTreeMap::new(),
        }
    }

    /// One update of every parameter that has a gradient.
    pub fn step<M: Module>(&mut self, learning_rate: f64, model: M, gradients: GradientMap) -> M {
        self.updates += 1;
        model.map(&mut Updater {
            optimizer: self,
            learning_rate,
            gradients,
            path: crate::model::parameters::Path::default(),
        })
    }

    /// What this parameter's rate is multiplied by; weight decay goes along, as in torch's groups.
    fn factor(&self, name: &str) -> f64 {
        if self.layer_wise_lr_decay == 1.0 {
            return 1.0;
        }
        layer_rate(name, self.blocks, self.layer_wise_lr_decay)
    }

    /// Bytes of both moments in float32.
    pub fn state_bytes(&self) -> u64 {
        self.moments
            .values()
            .map(|m| 8 * m.first.dims()[0] as u64)
            .sum()
    }

    fn update(
        &mut self,
        name: &str,
        value: Tensor<1>,
        gradient: Tensor<1>,
        learning_rate: f64,
    ) -> Tensor<1> {
        let old = self.moments.remove(name);
        let old = old.map(|moments| [moments.first, moments.second]);
        let updated = adamw(value, gradient, old, self.rates(name, learning_rate));
        let [first, second] = updated.moments;
        self.moments
            .insert(name.to_owned(), Moments { first, second });
        updated.value
    }

    fn rates(&self, name: &str, learning_rate: f64) -> AdamWRates {
        let correction1 = 1.0 - self.beta1.powi(self.updates);
        let correction2 = 1.0 - self.beta2.powi(self.updates);
        AdamWRates {
            keep_first: self.beta1 as f32,
            fresh_first: (1.0 - self.beta1) as f32,
            keep_second: self.beta2 as f32,
            fresh_second: (1.0 - self.beta2) as f32,
            correction: correction2.sqrt() as f32,
            epsilon: self.epsilon as f32,
            rate: (learning_rate / correction1) as f32,
            keep_value: self.kept(name, learning_rate) as f32,
        }
    }

    /// The same by Muon, of a weight `[rows, columns]` that holds so many matrices side by side.
    fn muon_update(
        &mut self,
        name: &str,
        value: Tensor<1>,
        gradient: Tensor<1>,
        learning_rate: f64,
        (shape, matrices): ([usize; 2], usize),
    ) -> Tensor<1> {
        let old = self.moments.remove(name).map(|moments| moments.first);
        let (first, change) = muon::update(gradient, old, shape, matrices);
        // Muon has no second moment; a checkpoint keeps one number in its place.
        let second = Tensor::zeros([1], &first.device());
        self.moments
            .insert(name.to_owned(), Moments { first, second });
        value.mul_scalar(self.kept(name, learning_rate)) - change.mul_scalar(learning_rate)
    }

    /// The share of a value that weight decay leaves, where the parameter has it.
    fn kept(&self, name: &str, learning_rate: f64) -> f64 {
        let decays = self.weight_decay > 0.0 && self.decay_on.applies_to(name);
        match decays {
            true => 1.0 - learning_rate * self.weight_decay,
            false => 1.0,
        }
    }
}

struct Updater<'a> {
    optimizer: &'a mut AdamW,
    learning_rate: f64,
    gradients: GradientMap,
    path: crate::model::parameters::Path,
}

impl ModuleMapper for Updater<'_> {
    fn enter_module(&mut self, name: &str, container: &str) {
        self.path.enter(name, container);
    }
    fn exit_module(&mut self, _name: &str, _container: &str) {
        self.path.leave();
    }
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let name = self.path.name();
        let Some(gradient) = self.gradients.remove(&name) else {
            return param;
        };
        let (id, tensor, mapper) = param.consume();
        let shape = tensor.dims();
        let value = tensor.inner().flatten::<1>(0, D - 1);
        let rate = self.learning_rate * self.optimizer.factor(&name);
        let matrices = muon::matrices_in(&name).filter(|_| self.optimizer.muon);
        let updated = match (matrices, &shape[..]) {
            (Some(matrices), &[rows, columns]) => {
                let laid = ([rows, columns], matrices);
                self.optimizer
                    .muon_update(&name, value, gradient, rate, laid)
            }
            _ => self.optimizer.update(&name, value, gradient, rate),
        };
        let tensor = Tensor::from_inner(updated.reshape(shape)).require_grad();
        Param::from_mapped_value(id, tensor, mapper)
    }
}
