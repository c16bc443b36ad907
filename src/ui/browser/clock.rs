//! What time it is.

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
