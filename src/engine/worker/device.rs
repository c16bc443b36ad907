//! The device that this build of the engine is for.

use burn::prelude::Device;

use crate::protocol::{DeviceInfo, DeviceKind, EngineError};

#[cfg(feature = "engine-gpu")]
pub async fn open() -> Result<(Device, DeviceInfo), EngineError> {
    use crate::protocol::ErrorKind;
    // Many small operations make up a step; sending them in few parcels saves a seventh of the submits.
    const TASKS_IN_A_SUBMIT: usize = 512;
    let options = Device::wgpu_options().tasks_max(TASKS_IN_A_SUBMIT);
    let (device, setup) = options.init_with_setup_async().await.map_err(|e| {
        let message = format!(
            "WebGPU cannot be had here: {e}. Update the browser, or open this page with ?device=cpu."
        );
        EngineError::new(ErrorKind::Device, message)
    })?;
    let info = setup.adapter.get_info();
    let words: Vec<&str> = [&info.name, &info.driver, &info.driver_info]
        .into_iter()
        .map(String::as_str)
        .filter(|word| !word.is_empty())
        .collect();
    let description = if words.is_empty() {
        "WebGPU".to_owned()
    } else {
        words.join(", ")
    };
    let lower = description.to_lowercase();
    let is_software = ["swiftshader", "llvmpipe", "software"]
        .iter()
        .any(|n| lower.contains(n));
    Ok((
        device,
        DeviceInfo {
            kind: DeviceKind::WebGpu,
            description,
            is_software,
        },
    ))
}

#[cfg(not(feature = "engine-gpu"))]
pub async fn open() -> Result<(Device, DeviceInfo), EngineError> {
    use crate::engine::helpers::helpers_for;
    use wasm_bindgen::JsCast;
    let scope = js_sys::global().unchecked_into();
    // As far as the machine goes; a large model may leave memory for fewer.
    let threads = match helpers_for(super::machine::place(&scope), 0) {
        0 => "one thread".to_owned(),
        helpers => format!("{} workers", helpers + 1),
    };
    let info = DeviceInfo {
        kind: DeviceKind::Cpu,
        description: format!("CPU (WebAssembly SIMD, {threads})"),
        is_software: false,
    };
    Ok((Device::flex(), info))
}
