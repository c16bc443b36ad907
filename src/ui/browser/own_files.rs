//! Files that the learner chose, and looks at files elsewhere.

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{File, HtmlInputElement, RequestInit, Response, Url};

use crate::protocol::NamedUrl;
use crate::ui::text::own_model as text;

/// The files of a file field.
pub fn chosen(input: &HtmlInputElement) -> Vec<File> {
    let Some(list) = input.files() else {
        return Vec::new();
    };
    (0..list.length()).filter_map(|i| list.get(i)).collect()
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
pub async fn fetch_text(url: &str) -> Result<String, String> {
    let response = request(url, "GET").await?;
    let text = response.text().map_err(|_| text::NO_ANSWER.to_owned())?;
    let text = JsFuture::from(text).await.ok().and_then(|t| t.as_string());
    text.ok_or_else(|| text::ANSWER_BROKE_OFF.to_owned())
}

/// The size of what is at an address, where its server says.
pub async fn size_of(url: &str) -> Option<u64> {
    let response = request(url, "HEAD").await.ok()?;
    response.headers().get("content-length").ok()??.parse().ok()
}

async fn request(url: &str, method: &str) -> Result<Response, String> {
    let window = web_sys::window().ok_or(text::NO_ANSWER)?;
    let options = RequestInit::new();
    options.set_method(method);
    // What lies there now: a configuration that the browser has kept may be that of weights which have been replaced.
    let _ = js_sys::Reflect::set(&options, &"cache".into(), &"no-cache".into());
    let answer: JsValue = JsFuture::from(window.fetch_with_str_and_init(url, &options))
        .await
        .map_err(|_| text::NO_ANSWER.to_owned())?;
    let response: Response = answer.dyn_into().map_err(|_| text::NO_ANSWER.to_owned())?;
    match response.ok() {
        true => Ok(response),
        false => Err(text::server_answered(response.status())),
    }
}
