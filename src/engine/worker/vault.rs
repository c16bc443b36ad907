//! The vault in a browser: a folder of the origin's private file system, and a lock that keeps other tabs out.

use std::cell::RefCell;

use futures_channel::oneshot;
use js_sys::{Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::blob::BlobSource;
use crate::engine::keeping::{NoVault, Vault, VaultWriter};
use crate::faults::{Fault, KeepingError};
use crate::io::streamed::ByteSink;
use crate::private_files::{self, Folder};

/// A new name leaves what older programs kept behind.
const FOLDER: &str = "runs-1";
const LOCK: &str = "warmup-runs-1";

/// A worker that was ended a moment ago may still have the lock.
const TRIES: usize = 6;
const BETWEEN_TRIES_MILLIS: i32 = 100;

// `web-sys` has these too; declared here, they cost no other part of the program a build.
#[wasm_bindgen]
extern "C" {
    type File;
    #[wasm_bindgen(method, catch, js_name = createSyncAccessHandle)]
    fn opened(this: &File) -> Result<Promise, JsValue>;

    type Handle;
    #[wasm_bindgen(method, catch)]
    fn write(this: &Handle, bytes: &Uint8Array, options: &JsValue) -> Result<f64, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn truncate(this: &Handle, bytes: f64) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch)]
    fn flush(this: &Handle) -> Result<(), JsValue>;
    #[wasm_bindgen(method)]
    fn close(this: &Handle);

    type Locks;
    #[wasm_bindgen(method)]
    fn request(this: &Locks, name: &str, options: &JsValue, taken: &JsValue) -> Promise;

    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(then: &js_sys::Function, millis: i32);
}

/// The folder. The lock is held until the worker ends.
pub struct BrowserVault {
    folder: Folder,
}

impl BrowserVault {
    pub async fn open() -> Result<Self, NoVault> {
        let absent = |error: JsValue| NoVault::Absent(fault_of(&error));
        let storage = private_files::storage().ok_or_else(missing)?;
        let root = private_files::root(&storage).await.map_err(absent)?;
        take_lock().await?;
        let folder = root.folder(FOLDER, true).await.map_err(absent)?;
        Ok(Self { folder })
    }
}

fn missing() -> NoVault {
    NoVault::Absent(KeepingError::NoStore.into())
}

fn part_of_navigator(name: &str) -> Result<JsValue, NoVault> {
    let navigator = Reflect::get(&js_sys::global(), &"navigator".into());
    let part = navigator.and_then(|navigator| Reflect::get(&navigator, &name.into()));
    part.ok().filter(JsValue::is_truthy).ok_or_else(missing)
}

/// An object with one option set.
fn options(name: &str) -> JsValue {
    let options = Object::new();
    // A fresh object takes any field.
    let _ = Reflect::set(&options, &name.into(), &JsValue::TRUE);
    options.into()
}

/// What an error of the store says.
fn fault_of(error: &JsValue) -> Fault {
    let part = |name: &str| Reflect::get(error, &name.into()).ok()?.as_string();
    match (part("name").as_deref(), part("message")) {
        (Some("QuotaExceededError"), _) => KeepingError::StoreFull.into(),
        (_, Some(message)) if !message.is_empty() => Fault::Foreign(message),
        (Some(name), _) => Fault::foreign(name),
        _ => KeepingError::Unexplained.into(),
    }
}

/// Becomes the one that writes, for as long as this worker lives.
async fn take_lock() -> Result<(), NoVault> {
    let locks: Locks = part_of_navigator("locks")?.unchecked_into();
    for number in 0..TRIES {
        if number > 0 {
            let wait = |resolve, _| set_timeout(&resolve, BETWEEN_TRIES_MILLIS);
            let _ = JsFuture::from(Promise::new(&mut { wait })).await;
        }
        if try_lock(&locks).await {
            return Ok(());
        }
    }
    Err(NoVault::Taken)
}

async fn try_lock(locks: &Locks) -> bool {
    let (told, hears) = oneshot::channel::<bool>();
    let told = RefCell::new(Some(told));
    // The lock is held until the promise that this gives settles: never.
    let taken = Closure::<dyn Fn(JsValue) -> JsValue>::new(move |lock: JsValue| {
        let is_ours = lock.is_truthy();
        if let Some(told) = told.borrow_mut().take() {
            // Whoever no longer listens has gone with this worker.
            let _ = told.send(is_ours);
        }
        match is_ours {
            true => Promise::new(&mut |_, _| {}).into(),
            false => JsValue::UNDEFINED,
        }
    });
    // Its end is that of this worker.
    let _ = locks.request(LOCK, &options("ifAvailable"), taken.as_ref());
    let is_ours = hears.await.unwrap_or_default();
    taken.forget();
    is_ours
}

/// A file that is being written; dropping it closes it.
pub struct Writer {
    handle: Handle,
    at: f64,
}

impl ByteSink for Writer {
    fn write(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        let failed = |error: JsValue| fault_of(&error);
        let options = Object::new();
        Reflect::set(&options, &"at".into(), &self.at.into()).map_err(failed)?;
        let array = Uint8Array::from(bytes);
        let written = self.handle.write(&array, &options).map_err(failed)?;
        if written < bytes.len() as f64 {
            return Err(KeepingError::StoreFull.into());
        }
        self.at += written;
        Ok(())
    }
}

impl VaultWriter for Writer {
    fn finish(self) -> Result<(), Fault> {
        self.handle.flush().map_err(|error| fault_of(&error))
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.handle.close();
    }
}

impl Vault for BrowserVault {
    type Writer = Writer;
    type Body = BlobSource;

    async fn create(&self, name: &str) -> Result<Writer, Fault> {
        let failed = |error: JsValue| fault_of(&error);
        let file = self.folder.file(name, true).await;
        let file: File = file.map_err(failed)?.unchecked_into();
        let handle = JsFuture::from(file.opened().map_err(failed)?).await;
        let handle = handle.map_err(failed)?.unchecked_into();
        let writer = Writer { handle, at: 0.0 };
        writer.handle.truncate(0.0).map_err(failed)?;
        Ok(writer)
    }

    async fn open(&self, name: &str) -> Option<BlobSource> {
        BlobSource::new(self.folder.read(name).await?).ok()
    }

    async fn remove(&self, name: &str) {
        self.folder.remove(name).await;
    }
}
