//! The engine's side of the store.

use js_sys::{Object, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::Blob;

use super::{BYTES, KeptFile, SHA256, VERSION, look, store};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = Response)]
    type Answer;
    #[wasm_bindgen(constructor, js_class = "Response")]
    fn new(body: &JsValue, init: &JsValue) -> Answer;
}

/// A kept file and its contents, which stay where the browser has them.
pub async fn find(url: &str) -> Option<(KeptFile, Blob)> {
    let (kept, response) = look(&store().await?, url).await?;
    let blob = JsFuture::from(response.blob().ok()?).await.ok()?;
    let blob: Blob = blob.unchecked_into();
    // Part of a file is no file.
    (blob.size() as u64 == kept.bytes).then_some((kept, blob))
}

/// Keeps a file in the place of what was there; `false` where the browser has no store, or no room in it.
pub async fn keep(kept: &KeptFile, contents: &Blob) -> bool {
    let Some(store) = store().await else {
        return false;
    };
    let headers = Object::new();
    let init = Object::new();
    let bytes = kept.bytes.to_string();
    let stamp = [
        (SHA256, Some(kept.sha256.as_str())),
        (BYTES, Some(bytes.as_str())),
        (VERSION, kept.version.as_deref()),
    ];
    let said = stamp
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)));
    let are_set = said
        .map(|(name, value)| Reflect::set(&headers, &name.into(), &value.into()))
        .chain([Reflect::set(&init, &"headers".into(), &headers)])
        .all(|set| set.is_ok());
    let file = Answer::new(contents, &init);
    are_set && JsFuture::from(store.put(&kept.url, &file)).await.is_ok()
}
