//! The least that WebGPU promises, forced: `?limits=default`. Phones and small GPUs have no more; whoever has can try here
//! what they meet.

use js_sys::{Object, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::DedicatedWorkerGlobalScope;

use super::helper::wish;

/// The default limits of <https://www.w3.org/TR/webgpu/#limits>.
const DEFAULTS: [(&str, f64); 32] = [
    ("maxTextureDimension1D", 8192.0),
    ("maxTextureDimension2D", 8192.0),
    ("maxTextureDimension3D", 2048.0),
    ("maxTextureArrayLayers", 256.0),
    ("maxBindGroups", 4.0),
    ("maxBindGroupsPlusVertexBuffers", 24.0),
    ("maxBindingsPerBindGroup", 1000.0),
    ("maxDynamicUniformBuffersPerPipelineLayout", 8.0),
    ("maxDynamicStorageBuffersPerPipelineLayout", 4.0),
    ("maxSampledTexturesPerShaderStage", 16.0),
    ("maxSamplersPerShaderStage", 16.0),
    ("maxStorageBuffersPerShaderStage", 8.0),
    ("maxStorageTexturesPerShaderStage", 4.0),
    ("maxUniformBuffersPerShaderStage", 12.0),
    ("maxUniformBufferBindingSize", 65_536.0),
    ("maxStorageBufferBindingSize", 134_217_728.0),
    ("minUniformBufferOffsetAlignment", 256.0),
    ("minStorageBufferOffsetAlignment", 256.0),
    ("maxVertexBuffers", 8.0),
    ("maxBufferSize", 268_435_456.0),
    ("maxVertexAttributes", 16.0),
    ("maxVertexBufferArrayStride", 2048.0),
    ("maxInterStageShaderVariables", 16.0),
    ("maxColorAttachments", 8.0),
    ("maxColorAttachmentBytesPerSample", 32.0),
    ("maxComputeWorkgroupStorageSize", 16_384.0),
    ("maxComputeInvocationsPerWorkgroup", 256.0),
    ("maxComputeWorkgroupSizeX", 256.0),
    ("maxComputeWorkgroupSizeY", 256.0),
    ("maxComputeWorkgroupSizeZ", 64.0),
    ("maxComputeWorkgroupsPerDimension", 65_535.0),
    ("maxImmediateSize", 0.0),
];

/// Where the address asks for it, every adapter says that it has these limits and no more; the device is then made with
/// them, and refuses whatever exceeds them.
pub fn force_if_asked(scope: &DedicatedWorkerGlobalScope) -> bool {
    wish(scope, "limits").as_deref() == Some("default") && force(scope).is_ok()
}

fn force(scope: &DedicatedWorkerGlobalScope) -> Result<(), JsValue> {
    let limits = Object::new();
    for (name, value) in DEFAULTS {
        Reflect::set(&limits, &name.into(), &value.into())?;
    }
    let adapter = Reflect::get(scope, &"GPUAdapter".into())?;
    let prototype: Object = Reflect::get(&adapter, &"prototype".into())?.dyn_into()?;
    let getter = Closure::<dyn Fn() -> Object>::new(move || limits.clone());
    let descriptor = Object::new();
    Reflect::set(&descriptor, &"get".into(), getter.as_ref())?;
    Reflect::set(&descriptor, &"configurable".into(), &true.into())?;
    // The adapter is asked as long as the worker lives.
    getter.forget();
    Object::define_property(&prototype, &"limits".into(), &descriptor);
    Ok(())
}
