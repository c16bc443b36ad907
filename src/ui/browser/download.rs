//! Fetches the engine's program once, counting bytes, so that the wait has a length. The worker then
//! takes it from the browser's cache.

use js_sys::{Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{ReadableStreamDefaultReader, Response};

use crate::ui::state::Progress;

/// Tells `on_progress` how far `url` has come. Failing is left to the worker, which says it better.
pub async fn count_bytes(
    url: &str,
    total_bytes: Option<u64>,
    mut on_progress: impl FnMut(Progress),
) -> Result<(), JsValue> {
    let response = fetch(url).await?;
    let Some(body) = response.body() else {
        return Ok(());
    };
    let reader: ReadableStreamDefaultReader = body.get_reader().dyn_into()?;
    let mut received_bytes = 0;
    loop {
        let chunk = JsFuture::from(reader.read()).await?;
        if Reflect::get(&chunk, &"done".into())?.is_truthy() {
            return Ok(());
        }
        let bytes: Uint8Array = Reflect::get(&chunk, &"value".into())?.dyn_into()?;
        received_bytes += u64::from(bytes.byte_length());
        on_progress(Progress {
            received_bytes,
            total_bytes,
        });
    }
}

/// The size of an engine's program as the build noted it; a compressed answer does not say its own.
pub async fn program_bytes(engine: &str) -> Option<u64> {
    let response = fetch("engine/manifest.json").await.ok()?;
    let manifest = JsFuture::from(response.json().ok()?).await.ok()?;
    let entry = Reflect::get(&manifest, &engine.into()).ok()?;
    let bytes = Reflect::get(&entry, &"wasm_bytes".into()).ok()?.as_f64()?;
    Some(bytes as u64)
}

/// A file's answer, where it is one.
pub async fn fetch(url: &str) -> Result<Response, JsValue> {
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    let response: Response = JsFuture::from(window.fetch_with_str(url))
        .await?
        .dyn_into()?;
    if response.ok() {
        Ok(response)
    } else {
        Err(JsValue::from_str(&format!(
            "{url}: HTTP {}",
            response.status()
        )))
    }
}
