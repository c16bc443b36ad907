//! What the browser keeps for this site. Where storing is not allowed, nothing is kept, and nothing breaks.

use serde::Serialize;
use serde::de::DeserializeOwned;

use leptos::prelude::*;

use crate::ui::learner::Merge;

/// A value that is kept under `key`, and shared with every tab of this site: what another tab writes comes in here, and
/// what is written is everything of both.
pub fn kept<T>(key: &'static str) -> RwSignal<T>
where
    T: Merge + Serialize + DeserializeOwned + Default + Clone + Send + Sync + 'static,
{
    let value = RwSignal::new(load::<T>(key));
    Effect::new(move |is_first: Option<()>| {
        let here = value.get();
        if is_first.is_some() {
            write(key, &here);
            take_in(key, value);
        }
    });
    let listener = window_event_listener(leptos::ev::storage, move |_| take_in(key, value));
    on_cleanup(move || listener.remove());
    value
}

/// Adds what is here to what is stored; writes nothing where that changes nothing, or two tabs would answer each other
/// for ever.
fn write<T: Merge + Serialize + DeserializeOwned + Default>(key: &str, here: &T) {
    let stored = load::<T>(key);
    let both = stored.merged(here);
    if !is_same(&both, &stored) {
        save(key, &both);
    }
}

/// Adds what is stored to what is here.
fn take_in<T>(key: &str, value: RwSignal<T>)
where
    T: Merge + Serialize + DeserializeOwned + Default + Clone + Send + Sync + 'static,
{
    let here = value.get_untracked();
    let both = here.merged(&load(key));
    if !is_same(&both, &here) {
        value.set(both);
    }
}

/// Whether both are kept as the same text. A figure that is not a number is no number's equal, itself included.
fn is_same<T: Serialize>(one: &T, other: &T) -> bool {
    let text = |value| serde_json::to_string(value).ok();
    text(one) == text(other)
}

/// What was stored under `key`; the default where nothing was, or nothing readable.
fn load<T: DeserializeOwned + Default>(key: &str) -> T {
    storage()
        .and_then(|storage| storage.get_item(key).ok().flatten())
        .and_then(|text| serde_json::from_str(&text).ok())
        .unwrap_or_default()
}

/// Whether there was a place and room for it.
fn save<T: Serialize>(key: &str, value: &T) -> bool {
    match (storage(), serde_json::to_string(value)) {
        (Some(storage), Ok(text)) => storage.set_item(key, &text).is_ok(),
        _ => false,
    }
}

/// A value that is the same in every tab of this site, and comes back after a reload: whoever changes it last has the
/// word. `refused` is called where it finds no room.
pub fn shared<T>(key: &'static str, refused: impl Fn() + 'static) -> RwSignal<T>
where
    T: Serialize + DeserializeOwned + Default + Clone + Send + Sync + 'static,
{
    let value = RwSignal::new(load::<T>(key));
    Effect::new(move |is_first: Option<()>| {
        let here = value.get();
        // What came from another tab is stored already.
        if is_first.is_some() && !is_same(&here, &load(key)) && !save(key, &here) {
            refused();
        }
    });
    let listener = window_event_listener(leptos::ev::storage, move |event| {
        let stored = load(key);
        if event.key().as_deref() == Some(key) && !is_same(&stored, &value.get_untracked()) {
            value.set(stored);
        }
    });
    on_cleanup(move || listener.remove());
    value
}

/// What is stored under `key`, as it is.
pub fn text(key: &str) -> Option<String> {
    storage()?.get_item(key).ok()?
}

/// Puts a text in its place; whether that could be done. Nothing to do is done.
pub fn put_text(key: &str, text: Option<String>) -> bool {
    match (storage(), text) {
        (_, None) => true,
        (Some(storage), Some(text)) => storage.set_item(key, &text).is_ok(),
        (None, Some(_)) => false,
    }
}

/// Adds what comes from elsewhere to what is stored; whether it could be read.
pub fn join<T: Merge + Serialize + DeserializeOwned + Default>(
    key: &str,
    text: Option<String>,
) -> bool {
    let Some(text) = text else { return true };
    match serde_json::from_str::<T>(&text) {
        Ok(other) => {
            write(key, &other);
            true
        }
        Err(_) => false,
    }
}

/// Stores a value of which the newest is right, whichever tab wrote it.
pub fn write_value<T: Serialize>(key: &str, value: &T) -> bool {
    save(key, value)
}

/// What was stored so, if it can be read.
pub fn value<T: DeserializeOwned>(key: &str) -> Option<T> {
    let text = storage()?.get_item(key).ok()??;
    serde_json::from_str(&text).ok()
}

pub fn forget_value(key: &str) {
    if let Some(storage) = storage() {
        // What is not there need not be removed.
        let _ = storage.remove_item(key);
    }
}

fn storage() -> Option<web_sys::Storage> {
    web_sys::window().and_then(|window| window.local_storage().ok().flatten())
}
