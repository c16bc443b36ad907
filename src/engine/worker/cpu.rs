//! The CPU, with as many workers as the machine has room for.

use burn::prelude::Device;

use crate::protocol::{DeviceInfo, DeviceKind, EngineError};

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
