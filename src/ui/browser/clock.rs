//! What time it is.

/// A time since 1970, as the learner's place writes it.
pub fn local_time(millis: f64) -> String {
    let date = js_sys::Date::new(&millis.into());
    date.to_locale_string("default", &js_sys::Object::new())
        .into()
}

/// Milliseconds since 1970.
#[cfg(target_family = "wasm")]
pub fn now_millis() -> f64 {
    js_sys::Date::now()
}

/// The same for tests, which run without a browser.
#[cfg(not(target_family = "wasm"))]
pub fn now_millis() -> f64 {
    let since = std::time::UNIX_EPOCH.elapsed();
    since.map_or(0.0, |since| since.as_millis() as f64)
}
