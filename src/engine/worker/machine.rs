//! What there is to compute with.

use js_sys::Reflect;
use web_sys::DedicatedWorkerGlobalScope;

use super::helper::address;
use crate::engine::helpers::Place;

/// What the browser tells of the machine, and the address of the learner's wish.
pub fn place(scope: &DedicatedWorkerGlobalScope) -> Place {
    let navigator = |field: &str| {
        let navigator = Reflect::get(scope, &"navigator".into()).ok()?;
        Reflect::get(&navigator, &field.into()).ok()?.as_f64()
    };
    let search = address(scope, "search").unwrap_or_default();
    let fields = search.trim_start_matches('?').split('&');
    let workers = fields
        .filter_map(|field| field.strip_prefix("workers="))
        .next();
    Place {
        cores: navigator("hardwareConcurrency").map_or(1, |cores| cores as usize),
        memory_gigabytes: navigator("deviceMemory"),
        workers: workers.and_then(|number| number.parse().ok()),
    }
}
