//! WebGPU, once it has shown that it computes what it should.

use burn::prelude::Device;
use wasm_bindgen::JsCast;

use super::limits;
use crate::engine::self_check::self_check;
use crate::faults::SurroundingsError;
use crate::protocol::software::names_software;
use crate::protocol::{DeviceInfo, DeviceKind, EngineError, ErrorKind};

/// Many small operations make up a step; sending them in few parcels saves a seventh of the submits.
const TASKS_IN_A_SUBMIT: usize = 512;

pub async fn open() -> Result<(Device, DeviceInfo), EngineError> {
    let scope = js_sys::global().unchecked_into();
    let has_least = limits::force_if_asked(&scope);
    let options = Device::wgpu_options().tasks_max(TASKS_IN_A_SUBMIT);
    let (device, setup) = options.init_with_setup_async().await.map_err(|e| {
        let reason = e.to_string();
        failed(SurroundingsError::NoWebGpu { reason })
    })?;
    let info = setup.adapter.get_info();
    let names = [&info.name, &info.driver, &info.driver_info];
    let description = described(&names.map(String::as_str), has_least);
    // The browser's own flag; wgpu's type for it is none of burn's.
    let is_fallback = format!("{:?}", info.device_type) == "Cpu";
    let is_software = is_fallback || names_software(&description);
    let checked = self_check(&device, is_software, js_sys::Date::now).await;
    checked.map_err(|reason| {
        let gpu = description.clone();
        failed(SurroundingsError::Untrusted { gpu, reason })
    })?;
    let info = DeviceInfo {
        kind: DeviceKind::WebGpu,
        description,
        is_software,
    };
    Ok((device, info))
}

/// The adapter's own names, as far as the browser gives them away.
fn described(names: &[&str], has_least: bool) -> String {
    let words: Vec<&str> = names.iter().copied().filter(|w| !w.is_empty()).collect();
    let mut description = match words.is_empty() {
        true => "WebGPU".to_owned(),
        false => words.join(", "),
    };
    if has_least {
        description += ", ?limits=default";
    }
    description
}

fn failed(fault: SurroundingsError) -> EngineError {
    EngineError::new(ErrorKind::Device, fault)
}
