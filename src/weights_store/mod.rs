//! Weights kept in the browser's own store (the Cache API), so that they come over the network once. The engine puts
//! them there once they have made a model; the page lists them and throws them away.

#[cfg(feature = "ui")]
mod list;
#[cfg(feature = "worker")]
mod write;

#[cfg(feature = "ui")]
pub use list::{forget, list};
#[cfg(feature = "worker")]
pub use write::{find, keep};

use js_sys::{Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::Response;

/// A new name leaves what older pages kept behind.
const STORE: &str = "warmup-weights-1";

const SHA256: &str = "x-warmup-sha256";
const BYTES: &str = "x-warmup-bytes";
const VERSION: &str = "x-warmup-version";

/// A file in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptFile {
    pub url: String,
    /// In hexadecimal.
    pub sha256: String,
    pub bytes: u64,
    /// What the server said of its version; none where it said nothing.
    pub version: Option<String>,
}

// `web-sys` has these too; declared here, they cost no other part of the program a build.
#[wasm_bindgen]
extern "C" {
    type Storage;
    type Store;
    #[wasm_bindgen(method)]
    fn open(this: &Storage, name: &str) -> Promise;
    #[wasm_bindgen(method, js_name = match)]
    fn find(this: &Store, url: &str) -> Promise;
    #[wasm_bindgen(method)]
    fn put(this: &Store, url: &str, response: &JsValue) -> Promise;
    #[wasm_bindgen(method)]
    fn delete(this: &Store, url: &str) -> Promise;
    #[wasm_bindgen(method)]
    fn keys(this: &Store) -> Promise;
}

/// The store; browsers have none for pages that came over plain HTTP from elsewhere.
async fn store() -> Option<Store> {
    let storage = Reflect::get(&js_sys::global(), &"caches".into()).ok()?;
    if storage.is_falsy() {
        return None;
    }
    let opened = JsFuture::from(storage.unchecked_into::<Storage>().open(STORE)).await;
    Some(opened.ok()?.unchecked_into())
}

async fn look(store: &Store, url: &str) -> Option<(KeptFile, Response)> {
    let found = JsFuture::from(store.find(url)).await.ok()?;
    let response: Response = found.dyn_into().ok()?;
    let header = |name| response.headers().get(name).ok().flatten();
    let kept = KeptFile {
        url: url.to_owned(),
        sha256: header(SHA256)?,
        bytes: header(BYTES)?.parse().ok()?,
        version: header(VERSION),
    };
    Some((kept, response))
}
