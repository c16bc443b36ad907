//! A label and the text below it that the learner writes.

use leptos::prelude::*;

#[component]
pub fn TextField(
    id: &'static str,
    #[prop(into)] label: Signal<&'static str>,
    rows: u8,
    testid: &'static str,
    value: RwSignal<String>,
) -> impl IntoView {
    view! {
        <label class="label" for=id>{label}</label>
        <textarea
            id=id
            rows=rows.to_string()
            data-testid=testid
            prop:value=value
            on:input=move |event| value.set(event_target_value(&event))
        ></textarea>
    }
}
