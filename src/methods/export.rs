//! A method in a program for transformers, as the page exports it.

use crate::settings::Family;

/// What a method has to know of the program.
#[derive(Debug, Clone, Copy)]
pub struct Export {
    pub family: Family,
    /// The module of the task's fresh head, where it has one.
    pub head: Option<&'static str>,
}

impl Export {
    /// A condition in Python: that `name` is one of the head's parameters.
    pub fn is_head(&self) -> Option<String> {
        self.head
            .map(|head| format!("name.startswith(\"{head}.\")"))
    }
}

/// A method's lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Exported {
    /// Lines of plain PyTorch.
    Plain(String),
    /// A configuration class of PEFT and its arguments, but for the task.
    Peft {
        config: &'static str,
        arguments: Vec<String>,
    },
    /// Lines for the library `adapters`.
    Adapters(String),
}

/// Lines that let just the parameters train for which `condition` is true.
pub fn trains(condition: &str) -> Exported {
    Exported::Plain(format!(
        "for name, parameter in model.named_parameters():\n    \
             parameter.requires_grad = {condition}\n"
    ))
}

/// A list of strings in Python.
pub fn list(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
    format!("[{}]", quoted.join(", "))
}

/// The shorter of `0.001` and `1e-3`; both read back to the same number.
pub fn short_number(value: f64) -> String {
    let (plain, scientific) = (format!("{value}"), format!("{value:e}"));
    if scientific.len() < plain.len() {
        scientific
    } else {
        plain
    }
}

/// PEFT's argument for models that keep a linear layer's weight `[in, out]`.
pub fn fan_in_fan_out(family: Family) -> Option<String> {
    let is_so = family.stores_inputs_first();
    is_so.then(|| "fan_in_fan_out=True".to_owned())
}
