//! The page's side of the store.

use js_sys::{Array, Reflect};
use wasm_bindgen_futures::JsFuture;

use super::{KeptFile, look, store};

/// All kept files, the oldest first.
pub async fn list() -> Vec<KeptFile> {
    let Some(store) = store().await else {
        return Vec::new();
    };
    let keys = JsFuture::from(store.keys()).await;
    let mut files = Vec::new();
    for request in keys.map(|keys| Array::from(&keys)).unwrap_or_default() {
        let url = Reflect::get(&request, &"url".into()).ok();
        if let Some(url) = url.and_then(|url| url.as_string())
            && let Some((kept, _)) = look(&store, &url).await
        {
            files.push(kept);
        }
    }
    files
}

/// Throws a kept file away.
pub async fn forget(url: &str) {
    if let Some(store) = store().await {
        // What is not there need not be thrown away.
        let _ = JsFuture::from(store.delete(url)).await;
    }
}
