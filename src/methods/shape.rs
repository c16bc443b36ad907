//! A model in shapes, as far as methods ask, and what a method adds to it. No tensors: counts are sums of these.

use super::Strategy;
use super::names::{is_linear, module};
use crate::settings::{Family, Shapes, Sizes, is_head};

/// A linear layer that something can stand beside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinearShape {
    /// The path of its module.
    pub path: String,
    pub inputs: usize,
    pub outputs: usize,
}

impl LinearShape {
    /// Of a parameter of this name and shape, where it is the weight of such a layer.
    pub fn of(family: Family, name: &str, shape: &[usize]) -> Option<Self> {
        let shape = <[usize; 2]>::try_from(shape).ok()?;
        let (inputs, outputs) = family.inputs_and_outputs(shape);
        is_linear(name).then(|| Self {
            path: module(name).to_owned(),
            inputs,
            outputs,
        })
    }

    pub fn smaller_side(&self) -> usize {
        self.inputs.min(self.outputs)
    }
}

/// What a method may ask of a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelShape {
    pub family: Family,
    pub width: usize,
    pub blocks: usize,
    /// The most tokens that go in at once.
    pub positions: usize,
    /// Whether a task's head is there.
    pub has_head: bool,
    pub linear: Vec<LinearShape>,
}

impl ModelShape {
    /// Of a model of these sizes with these parameters of its own.
    pub fn of(sizes: &Sizes, own: &Shapes) -> Self {
        let family = sizes.family();
        let linear = own
            .iter()
            .filter_map(|(name, shape)| LinearShape::of(family, name, shape));
        Self {
            family,
            width: sizes.width(),
            blocks: sizes.blocks(),
            positions: sizes.positions(),
            has_head: own.iter().any(|(name, _)| is_head(name)),
            linear: linear.collect(),
        }
    }

    /// The path of a module of a block.
    pub fn path(&self, block: usize, module: &str) -> String {
        self.family.path(block, module)
    }
}

impl Strategy {
    /// Every parameter that is added to a model, with its shape.
    pub fn added(&self, model: &ModelShape) -> Shapes {
        let method = self.method();
        let beside = model.linear.iter().flat_map(|layer| method.beside(layer));
        beside.chain(method.elsewhere(model)).collect()
    }
}
