//! Which model a table counts: the one on this page, or the real GPT-2.

use leptos::prelude::*;

use crate::ui::page_context::use_page;
use crate::ui::text::strategies as text;
use crate::ui::widgets::strategy::costs::{Counted, sizes_of};

/// The choice between the two, and what is chosen: the page's model as soon as it is here.
#[component]
pub fn CountedModel(
    /// Starts the name of the buttons.
    id: &'static str,
    wants_gpt2: RwSignal<bool>,
) -> impl IntoView {
    let page = use_page();
    let name = page.watch(|state| state.model.as_ref().map(|model| model.name.clone()));
    let words = move || text::this_model(name.get().as_deref());
    let option = move |is_gpt2: bool, value: &'static str| {
        view! {
            <input
                type="radio"
                name=id
                value=value
                prop:checked=move || wants_gpt2.get() == is_gpt2
                on:change=move |_| wants_gpt2.set(is_gpt2)
            />
        }
    };
    view! {
        <fieldset class="counted_model">
            <legend class="visually-hidden">{text::WHICH_MODEL}</legend>
            <label class="choice">{option(false, "loaded")} <span>{words}</span></label>
            <label class="choice">{option(true, "gpt2")} <span>{text::GPT2_SMALL}</span></label>
        </fieldset>
    }
}

/// The model that is chosen; GPT-2 small while none is loaded.
pub fn counted(wants_gpt2: RwSignal<bool>) -> Memo<Counted> {
    let page = use_page();
    let loaded = page.watch(|state| state.model.as_deref().and_then(sizes_of));
    Memo::new(move |_| match (wants_gpt2.get(), loaded.get()) {
        (false, Some(sizes)) => Counted::Loaded(sizes),
        _ => Counted::Gpt2Small,
    })
}
