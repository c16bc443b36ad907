//! What there is to compute with.

use js_sys::Reflect;
use web_sys::DedicatedWorkerGlobalScope;

use super::helper::wish;
use crate::engine::helpers::Place;

/// What the browser tells of the machine, and the address of the learner's wish.
pub fn place(scope: &DedicatedWorkerGlobalScope) -> Place {
    let navigator = |field: &str| {
        let navigator = Reflect::get(scope, &"navigator".into()).ok()?;
        Reflect::get(&navigator, &field.into()).ok()?.as_f64()
    };
    Place {
        cores: navigator("hardwareConcurrency").map_or(1, |cores| cores as usize),
        memory_gigabytes: navigator("deviceMemory"),
        workers: wish(scope, "workers").and_then(|number| number.parse().ok()),
    }
}
