//! Files to the learner's disk, and paper.

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::HtmlElement;

/// Offers `text` as a file to keep.
pub fn download(name: &str, media_type: &str, text: &str) {
    let encoded: String = js_sys::encode_uri_component(text).into();
    offer(name, &format!("data:{media_type};charset=utf-8,{encoded}"));
}

/// Offers what is at an address as a file to keep.
pub fn offer(name: &str, address: &str) {
    let Some(document) = web_sys::window().and_then(|window| window.document()) else {
        return;
    };
    let Ok(link) = document.create_element("a") else {
        return;
    };
    let _ = link.set_attribute("href", address);
    let _ = link.set_attribute("download", name);
    if let Ok(link) = link.dyn_into::<HtmlElement>() {
        link.click();
    }
}

pub fn print() {
    let window: JsValue = web_sys::window().into();
    let print = js_sys::Reflect::get(&window, &"print".into());
    if let Ok(print) = print
        && let Some(print) = print.dyn_ref::<js_sys::Function>()
    {
        let _ = print.call0(&window);
    }
}

/// The text of a file beside the page.
pub async fn read(url: &str) -> Option<String> {
    let response = super::download::fetch(url).await.ok()?;
    JsFuture::from(response.text().ok()?)
        .await
        .ok()?
        .as_string()
}
