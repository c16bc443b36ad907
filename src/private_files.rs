//! The browser's private file system, as much of it as the page and the engine's worker both use.

use js_sys::{Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::Blob;

// `web-sys` has these too; declared here, they cost no other part of the program a build.
#[wasm_bindgen]
extern "C" {
    type Storage;
    #[wasm_bindgen(method, js_name = getDirectory)]
    fn directory(this: &Storage) -> Promise;

    /// A folder in it.
    pub type Folder;
    #[wasm_bindgen(method, js_name = getDirectoryHandle)]
    fn directory_handle(this: &Folder, name: &str, options: &JsValue) -> Promise;
    #[wasm_bindgen(method, js_name = getFileHandle)]
    fn file_handle(this: &Folder, name: &str, options: &JsValue) -> Promise;
    #[wasm_bindgen(method, js_name = removeEntry)]
    fn remove_entry(this: &Folder, name: &str) -> Promise;

    type Entry;
    #[wasm_bindgen(method, js_name = getFile)]
    fn contents(this: &Entry) -> Promise;
}

/// `navigator.storage`, where it has files: browsers have none for pages that came over plain HTTP from elsewhere.
pub fn storage() -> Option<JsValue> {
    let navigator = Reflect::get(&js_sys::global(), &"navigator".into()).ok()?;
    let storage = Reflect::get(&navigator, &"storage".into()).ok()?;
    let has_files = storage.is_truthy() && Reflect::has(&storage, &"getDirectory".into()).ok()?;
    has_files.then_some(storage)
}

/// The folder that holds all others.
pub async fn root(storage: &JsValue) -> Result<Folder, JsValue> {
    let directory = storage.unchecked_ref::<Storage>().directory();
    Ok(JsFuture::from(directory).await?.unchecked_into())
}

impl Folder {
    /// The folder of this name, made where it is wanted and not there.
    pub async fn folder(&self, name: &str, creates: bool) -> Result<Self, JsValue> {
        let handle = self.directory_handle(name, &options(creates));
        Ok(JsFuture::from(handle).await?.unchecked_into())
    }

    /// The handle of a file, with which a page and a worker write in different ways.
    pub async fn file(&self, name: &str, creates: bool) -> Result<JsValue, JsValue> {
        JsFuture::from(self.file_handle(name, &options(creates))).await
    }

    /// What a file holds.
    pub async fn read(&self, name: &str) -> Option<Blob> {
        let entry: Entry = self.file(name, false).await.ok()?.unchecked_into();
        let contents = JsFuture::from(entry.contents()).await.ok()?;
        Some(contents.unchecked_into())
    }

    /// What is not there need not be removed.
    pub async fn remove(&self, name: &str) {
        let _ = JsFuture::from(self.remove_entry(name)).await;
    }
}

fn options(creates: bool) -> JsValue {
    let options = Object::new();
    // A fresh object takes any field.
    let _ = Reflect::set(&options, &"create".into(), &creates.into());
    options.into()
}
