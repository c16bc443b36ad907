//! A number for people, with its exact value for everyone else.

use leptos::prelude::*;

/// Shown by `show`, exact in `data-value`; a dash where there is none yet.
#[component]
pub fn Number(
    #[prop(into)] value: Signal<Option<f64>>,
    show: fn(f64) -> String,
    #[prop(optional)] testid: Option<&'static str>,
) -> impl IntoView {
    let words = move || value.get().map_or_else(|| "–".to_string(), show);
    let exact = move || {
        value
            .get()
            .map(|value| value.to_string())
            .unwrap_or_default()
    };
    view! {
        <span class="number" data-testid=testid data-value=exact>
            {words}
        </span>
    }
}

/// A number that does not change.
pub fn number(value: f64, words: String) -> impl IntoView {
    view! {
        <span class="number" data-value=value.to_string()>
            {words}
        </span>
    }
}
