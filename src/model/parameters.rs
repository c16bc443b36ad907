//! The model's own list of its parameters: what the map draws, the counts add up and the optimizer walks.

use std::collections::BTreeMap;

use burn::module::{Module, ModuleMapper, ModuleVisitor, Param};
use burn::prelude::*;

pub use crate::methods::names::is_adapter;
use crate::protocol::ParameterInfo;
use crate::settings::is_head;

/// Every parameter of `model` in the order of its fields.
pub fn list<M: Module>(model: &M) -> Vec<ParameterInfo> {
    let mut lister = Lister {
        path: Path::default(),
        found: Vec::new(),
    };
    model.visit(&mut lister);
    lister.found
}

/// A function applied to every float parameter, whatever its rank, with its name.
pub trait ParameterFn {
    fn call<const D: usize>(&mut self, name: &str, param: &Param<Tensor<D>>);
}

/// Every parameter with its values, flattened and apart from any autodiff graph.
pub fn flattened<M: Module>(model: &M) -> Vec<(ParameterInfo, Tensor<1>)> {
    struct Collector(Vec<Tensor<1>>);
    impl ParameterFn for Collector {
        fn call<const D: usize>(&mut self, _name: &str, param: &Param<Tensor<D>>) {
            let value = param.val();
            let value = if value.is_autodiff() {
                value.inner()
            } else {
                value
            };
            self.0.push(value.flatten::<1>(0, D - 1));
        }
    }
    let values = for_each(model, Collector(Vec::new())).0;
    list(model).into_iter().zip(values).collect()
}

/// Calls `function` on every parameter.
pub fn for_each<M: Module, F: ParameterFn>(model: &M, function: F) -> F {
    let mut walker = Walker {
        path: Path::default(),
        function,
    };
    model.visit(&mut walker);
    walker.function
}

/// A model with `require_grad` set on exactly the parameters that `trains` names.
pub fn set_trainable<M: Module>(model: M, trains: impl Fn(&str) -> bool) -> M {
    model.map(&mut GradSetter {
        path: Path::default(),
        trains,
    })
}

/// A model with the values that `values` has for some of its parameters, each of the parameter's own shape.
pub fn with_values<M: Module>(model: M, values: BTreeMap<String, TensorData>) -> M {
    model.map(&mut Replacer {
        path: Path::default(),
        values,
    })
}

/// Whether the parameter is an addition of fine-tuning: an adapter's, or the head's.
pub fn is_added(name: &str) -> bool {
    is_adapter(name) || is_head(name)
}

/// Hugging Face's name of a field, where Rust cannot or would not call it so.
fn stored_field(name: &str) -> &str {
    match name {
        "self_attention" => "self",
        "layer_norm" => "LayerNorm",
        other => other,
    }
}

#[derive(Default)]
pub(crate) struct Path(Vec<Option<String>>);

impl Path {
    /// An enum's variant is no part of a name, but for what stands beside a layer: there it is the method's word, and the
    /// field that holds it is none.
    pub(crate) fn enter(&mut self, name: &str, container: &str) {
        let part = match container.strip_prefix("Enum:") {
            Some("Beside") => Some(name.to_lowercase()),
            Some(_) => None,
            None => (name != "beside").then(|| stored_field(name).to_owned()),
        };
        self.0.push(part);
    }
    pub(crate) fn leave(&mut self) {
        self.0.pop();
    }
    pub(crate) fn name(&self) -> String {
        let parts: Vec<&str> = self.0.iter().flatten().map(String::as_str).collect();
        parts.join(".")
    }
}

struct Lister {
    path: Path,
    found: Vec<ParameterInfo>,
}

impl ModuleVisitor for Lister {
    fn enter_module(&mut self, name: &str, container: &str) {
        self.path.enter(name, container);
    }
    fn exit_module(&mut self, _name: &str, _container: &str) {
        self.path.leave();
    }
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let name = self.path.name();
        self.found.push(ParameterInfo {
            shape: param.lazy_shape().to_vec(),
            trainable: param.val().is_require_grad(),
            added: is_added(&name),
            name,
        });
    }
}

struct Walker<F> {
    path: Path,
    function: F,
}

impl<F: ParameterFn> ModuleVisitor for Walker<F> {
    fn enter_module(&mut self, name: &str, container: &str) {
        self.path.enter(name, container);
    }
    fn exit_module(&mut self, _name: &str, _container: &str) {
        self.path.leave();
    }
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let name = self.path.name();
        self.function.call(&name, param);
    }
}

struct Replacer {
    path: Path,
    values: BTreeMap<String, TensorData>,
}

impl ModuleMapper for Replacer {
    fn enter_module(&mut self, name: &str, container: &str) {
        self.path.enter(name, container);
    }
    fn exit_module(&mut self, _name: &str, _container: &str) {
        self.path.leave();
    }
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        match self.values.remove(&self.path.name()) {
            Some(data) => Param::from_data(data, &param.val().device()),
            None => param,
        }
    }
}

struct GradSetter<F> {
    path: Path,
    trains: F,
}

impl<F: Fn(&str) -> bool> ModuleMapper for GradSetter<F> {
    fn enter_module(&mut self, name: &str, container: &str) {
        self.path.enter(name, container);
    }
    fn exit_module(&mut self, _name: &str, _container: &str) {
        self.path.leave();
    }
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let trains = (self.trains)(&self.path.name());
        param.set_require_grad(trains)
    }
}
