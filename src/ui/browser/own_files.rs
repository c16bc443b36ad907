//! Files that the learner chose, and looks at files elsewhere.

use leptos::prelude::set_timeout;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, DragEvent, File, HtmlInputElement, RequestInit, Response, Url};

use super::files;
use crate::protocol::NamedUrl;
use crate::ui::sources::own_model::NotFetched;

/// The files of a file field.
pub fn chosen(input: &HtmlInputElement) -> Vec<File> {
    let Some(list) = input.files() else {
        return Vec::new();
    };
    (0..list.length()).filter_map(|i| list.get(i)).collect()
}

/// The files that were dropped.
pub fn dropped(event: &DragEvent) -> Vec<File> {
    let list = event.data_transfer().and_then(|data| data.files());
    let files = list.map(|list| (0..list.length()).filter_map(move |i| list.get(i)));
    files.into_iter().flatten().collect()
}

/// An address for a text, as if it lay in a file of this name.
pub fn address_of_text(name: &str, text: &str) -> Option<NamedUrl> {
    let parts = js_sys::Array::of1(&text.into());
    let blob = Blob::new_with_str_sequence(&parts).ok()?;
    Some(NamedUrl {
        name: name.to_owned(),
        url: Url::create_object_url_with_blob(&blob).ok()?,
    })
}

/// The same for bytes.
pub fn address_of_bytes(name: &str, bytes: &[u8]) -> Option<NamedUrl> {
    let parts = js_sys::Array::of1(&js_sys::Uint8Array::from(bytes).into());
    let blob = Blob::new_with_u8_array_sequence(&parts).ok()?;
    Some(NamedUrl {
        name: name.to_owned(),
        url: Url::create_object_url_with_blob(&blob).ok()?,
    })
}

/// Saves bytes as a file, as if a link had been clicked.
pub fn save(name: &str, bytes: &[u8]) {
    let _ = try_save(name, bytes);
}

fn try_save(name: &str, bytes: &[u8]) -> Option<()> {
    let parts = js_sys::Array::of1(&js_sys::Uint8Array::from(bytes).into());
    let blob = Blob::new_with_u8_array_sequence(&parts).ok()?;
    let url = Url::create_object_url_with_blob(&blob).ok()?;
    files::offer(name, &url);
    // Some browsers take the file only after this function has ended.
    let drop_address = move || {
        let _ = Url::revoke_object_url(&url);
    };
    set_timeout(drop_address, std::time::Duration::from_secs(60));
    Some(())
}

pub async fn text_of(file: &File) -> Option<String> {
    JsFuture::from(file.text()).await.ok()?.as_string()
}

/// An address for each file, under which the engine's worker finds it. It refers to the file and copies nothing.
pub fn addresses(files: &[File]) -> Vec<NamedUrl> {
    let named = |file: &File| {
        Some(NamedUrl {
            name: file.name(),
            url: Url::create_object_url_with_blob(file).ok()?,
        })
    };
    files.iter().filter_map(named).collect()
}

/// The text at an address, or why there is none.
pub async fn fetch_text(url: &str) -> Result<String, NotFetched> {
    let response = request(url, "GET").await?;
    let text = response.text().map_err(|_| NotFetched::NoAnswer)?;
    let text = JsFuture::from(text).await.ok().and_then(|t| t.as_string());
    text.ok_or(NotFetched::BrokeOff)
}

/// The size of what is at an address; nothing where its server does not say.
pub async fn size_of(url: &str) -> Result<Option<u64>, NotFetched> {
    let response = request(url, "HEAD").await?;
    let length = response.headers().get("content-length").ok().flatten();
    Ok(length.and_then(|length| length.parse().ok()))
}

async fn request(url: &str, method: &str) -> Result<Response, NotFetched> {
    let window = web_sys::window().ok_or(NotFetched::NoAnswer)?;
    let options = RequestInit::new();
    options.set_method(method);
    // What lies there now: a configuration that the browser has kept may be that of weights which have been replaced.
    let _ = js_sys::Reflect::set(&options, &"cache".into(), &"no-cache".into());
    let answer: JsValue = JsFuture::from(window.fetch_with_str_and_init(url, &options))
        .await
        .map_err(|_| NotFetched::NoAnswer)?;
    let response: Response = answer.dyn_into().map_err(|_| NotFetched::NoAnswer)?;
    match response.ok() {
        true => Ok(response),
        false => Err(NotFetched::Status(response.status())),
    }
}
