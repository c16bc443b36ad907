//! A slider whose label, value and track belong together.

use leptos::prelude::*;

use super::term;

#[component]
pub fn Slider(
    #[prop(into)] id: String,
    label: &'static str,
    /// The glossary's word for it.
    #[prop(optional)]
    word: Option<&'static str>,
    #[prop(into)] value: Signal<f64>,
    min: f64,
    max: f64,
    step: f64,
    /// The value as words.
    #[prop(into)]
    words: Signal<String>,
    on_slide: impl Fn(f64) + 'static,
    #[prop(optional, into)] disabled: Signal<bool>,
) -> impl IntoView {
    let slide = move |event| {
        if let Ok(value) = event_target_value(&event).parse() {
            on_slide(value);
        }
    };
    view! {
        <div class="slider">
            <span class="label">
                <label for=id.clone()>{label}</label>
                {word.and_then(term::explain)}
            </span>
            <output for=id.clone() data-value=move || value.get().to_string()>
                {words}
            </output>
            <input
                id=id
                type="range"
                min=min.to_string()
                max=max.to_string()
                step=step.to_string()
                prop:value=move || value.get().to_string()
                aria-valuetext=words
                disabled=disabled
                on:input=slide
            />
        </div>
    }
}
