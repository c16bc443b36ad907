//! What `navigator.gpu` has to offer. WebGPU is not in `web-sys`' stable part, hence `Reflect`.

use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use crate::protocol::software::names_software;
use crate::ui::engine_client::device_choice::Gpu;

pub async fn find() -> Gpu {
    let Some(gpu) = field(&web_sys::window().into(), "navigator")
        .and_then(|navigator| field(&navigator, "gpu"))
    else {
        return Gpu::NoApi;
    };
    match request_adapter(&gpu).await {
        None => Gpu::NoAdapter,
        Some(adapter) if is_software(&adapter) => Gpu::Software,
        Some(_) => Gpu::Hardware,
    }
}

async fn request_adapter(gpu: &JsValue) -> Option<JsValue> {
    let request: Function = field(gpu, "requestAdapter")?.dyn_into().ok()?;
    let promise: Promise = request.call0(gpu).ok()?.dyn_into().ok()?;
    let adapter = JsFuture::from(promise).await.ok()?;
    (!adapter.is_null() && !adapter.is_undefined()).then_some(adapter)
}

fn is_software(adapter: &JsValue) -> bool {
    let is_fallback = |holder: &JsValue| {
        field(holder, "isFallbackAdapter").is_some_and(|value| value.is_truthy())
    };
    // The flag moved from the adapter to its info.
    let Some(info) = field(adapter, "info") else {
        return is_fallback(adapter);
    };
    let words: Vec<String> = ["vendor", "architecture", "device", "description"]
        .iter()
        .filter_map(|name| field(&info, name)?.as_string())
        .collect();
    is_fallback(adapter) || is_fallback(&info) || names_software(&words.join(" "))
}

fn field(object: &JsValue, name: &str) -> Option<JsValue> {
    Reflect::get(object, &name.into())
        .ok()
        .filter(|value| !value.is_undefined() && !value.is_null())
}
