//! The device that this build of the engine is for.

use burn::prelude::Device;

use crate::protocol::{DeviceInfo, DeviceKind, EngineError};

#[cfg(feature = "engine-gpu")]
pub async fn open() -> Result<(Device, DeviceInfo), EngineError> {
    use crate::engine::self_check::self_check;
    use crate::protocol::ErrorKind;
    use crate::protocol::software::names_software;
    use wasm_bindgen::JsCast;
    let scope = js_sys::global().unchecked_into();
    let has_least = super::limits::force_if_asked(&scope);
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
    let mut description = if words.is_empty() {
        "WebGPU".to_owned()
    } else {
        words.join(", ")
    };
    if has_least {
        description += ", held to the least that WebGPU promises";
    }
    let is_software = names_software(&description);
    let checked = self_check(&device, is_software, js_sys::Date::now).await;
    checked.map_err(|why| {
        let message = format!(
            "The GPU ({description}) cannot be trusted: {why}. Update its driver or the browser, or open this page with ?device=cpu."
        );
        EngineError::new(ErrorKind::Device, message)
    })?;
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
