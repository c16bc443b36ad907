//! Files that the browser keeps for this page in its private file system: the learner's own data, and the checkpoints that
//! the engine writes there.

use js_sys::{Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, Url};

use crate::private_files::{self, Folder};
use crate::protocol::NamedUrl;

/// Of the learner's own data. A new name leaves what older pages kept behind.
const FOLDER: &str = "data-1";
const FILE: &str = "file";

// `web-sys` has these too; declared here, they cost no other part of the program a build.
#[wasm_bindgen]
extern "C" {
    type Storage;
    #[wasm_bindgen(method)]
    fn estimate(this: &Storage) -> Promise;
    #[wasm_bindgen(method)]
    fn persist(this: &Storage) -> Promise;

    type Entry;
    #[wasm_bindgen(method, catch, js_name = createWritable)]
    fn writable(this: &Entry) -> Result<Promise, JsValue>;

    type Writable;
    #[wasm_bindgen(method)]
    fn write(this: &Writable, blob: &Blob) -> Promise;
    #[wasm_bindgen(method)]
    fn close(this: &Writable) -> Promise;
}

fn storage() -> Option<Storage> {
    private_files::storage().map(JsCast::unchecked_into)
}

async fn folder(creates: bool) -> Option<Folder> {
    let root = private_files::root(&private_files::storage()?).await;
    root.ok()?.folder(FOLDER, creates).await.ok()
}

/// Keeps a copy of a file in the place of the one before; its size, or `None` where there is no place or no room for it.
pub async fn keep(file: &NamedUrl) -> Option<u64> {
    let window = web_sys::window()?;
    let response = JsFuture::from(window.fetch_with_str(&file.url))
        .await
        .ok()?;
    let response: web_sys::Response = response.unchecked_into();
    let blob = JsFuture::from(response.blob().ok()?).await.ok()?;
    let blob: Blob = blob.unchecked_into();
    let entry = folder(true).await?.file(FILE, true).await;
    let entry: Entry = entry.ok()?.unchecked_into();
    let writable = JsFuture::from(entry.writable().ok()?).await.ok()?;
    let writable: Writable = writable.unchecked_into();
    JsFuture::from(writable.write(&blob)).await.ok()?;
    // Only now does it take the old one's place.
    JsFuture::from(writable.close()).await.ok()?;
    Some(blob.size() as u64)
}

/// An address for the kept file, if it has so many bytes: another tab may have kept another.
pub async fn find(name: &str, bytes: u64) -> Option<NamedUrl> {
    let contents = folder(false).await?.read(FILE).await?;
    if contents.size() as u64 != bytes {
        return None;
    }
    Some(NamedUrl {
        name: name.to_owned(),
        url: Url::create_object_url_with_blob(&contents).ok()?,
    })
}

/// Throws the kept file away.
pub async fn forget() {
    if let Some(folder) = folder(false).await {
        folder.remove(FILE).await;
    }
}

/// What all that this site keeps takes, and the most that the browser gives it, in bytes.
pub async fn room() -> Option<(u64, u64)> {
    let found = JsFuture::from(storage()?.estimate()).await.ok()?;
    let number = |name: &str| Reflect::get(&found, &name.into()).ok()?.as_f64();
    Some((number("usage")? as u64, number("quota")? as u64))
}

/// Asks the browser not to throw any of it away when room runs short; whether it agrees.
pub async fn persist() -> bool {
    let Some(storage) = storage() else {
        return false;
    };
    let answer = JsFuture::from(storage.persist()).await;
    answer.is_ok_and(|agreed| agreed.is_truthy())
}
