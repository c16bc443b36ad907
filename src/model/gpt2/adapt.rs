//! Where a GPT-2 lets a method's modules in.

use burn::prelude::*;

use super::Gpt2;
use crate::methods::{Beside, LinearAt};
use crate::settings::{Seed, Strategy};

impl Gpt2 {
    /// With whatever modules the strategy adds. Its settings have been checked against the model.
    pub fn with_strategy(self, strategy: &Strategy, seed: &mut Seed) -> Self {
        let method = strategy.adapts();
        let mut model = self.map_beside(|layer, old| method.beside(layer, seed).or(old));
        method.inside(&mut model, seed);
        model
    }

    /// A model whose modules beside linear layers have gone through `change`.
    pub fn map_beside(
        self,
        mut change: impl FnMut(&LinearAt, Option<Beside>) -> Option<Beside>,
    ) -> Self {
        self.map_linear(|path, mut linear| {
            let weight = linear.weight.val();
            linear.beside = change(&LinearAt { path, weight }, linear.beside);
            linear
        })
    }

    /// The model with everything multiplied into its weights that stands beside them.
    pub fn merged(self) -> Self {
        self.map_linear(|_, linear| linear.merge())
    }

    pub fn d_model(&self) -> usize {
        self.transformer.wte.weight.lazy_shape()[1]
    }

    pub fn device(&self) -> Device {
        self.transformer.wte.weight.val().device()
    }
}
