//! A place for files: dropped on it, or chosen.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{File, HtmlInputElement};

use crate::ui::browser::own_files;

#[component]
pub fn DropZone(
    testid: &'static str,
    label: &'static str,
    help: &'static str,
    /// Endings, with commas between.
    accept: &'static str,
    #[prop(optional)] multiple: bool,
    #[prop(into)] is_disabled: Signal<bool>,
    take: Callback<Vec<File>>,
) -> impl IntoView {
    let is_over = RwSignal::new(false);
    let choose = move |event: leptos::ev::Event| {
        let input = event
            .target()
            .and_then(|t| t.dyn_into::<HtmlInputElement>().ok());
        if let Some(input) = input {
            take.run(own_files::chosen(&input));
            // The same file, changed meanwhile, may be chosen again.
            input.set_value("");
        }
    };
    let drop = move |event: leptos::ev::DragEvent| {
        event.prevent_default();
        is_over.set(false);
        if !is_disabled.get_untracked() {
            take.run(own_files::dropped(&event));
        }
    };
    let help_id = format!("{testid}-help");
    view! {
        <label
            class="drop_zone"
            class:over=is_over
            data-testid=testid
            on:dragover=move |event| {
                event.prevent_default();
                is_over.set(true);
            }
            on:dragleave=move |_| is_over.set(false)
            on:drop=drop
        >
            <span class="label">{label}</span>
            <input
                type="file"
                multiple=multiple
                accept=accept
                aria-describedby=help_id.clone()
                disabled=is_disabled
                on:change=choose
            />
            <span class="help" id=help_id>{help}</span>
        </label>
    }
}
