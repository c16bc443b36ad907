//! Words explained where they stand: a button opens the glossary's entry. The browser's own popovers do
//! the work, for click, touch and keyboard alike; resting on a word with the mouse opens it too.

use leptos::prelude::*;

use crate::lessons::{GLOSSARY, Term};
use crate::ui::browser::hover;

pub fn find(key: &str) -> Option<&'static Term> {
    GLOSSARY.iter().find(|term| term.key == key)
}

/// A small button that explains the word beside it.
pub fn explain(key: &'static str) -> Option<impl IntoView> {
    let term = find(key)?;
    let label = format!("What is “{}”?", term.name);
    Some(view! {
        <button
            type="button"
            class="explain"
            popovertarget=format!("term-{key}")
            popovertargetaction="show"
            aria-label=label
        >
            "?"
        </button>
    })
}

/// All entries, once, at the end of the page.
#[component]
pub fn Popovers() -> impl IntoView {
    hover::explain_on_hover();
    GLOSSARY
        .iter()
        .map(|term| {
            view! {
                <div class="popover" id=format!("term-{}", term.key) popover="auto">
                    <p class="term-name">{term.name}</p>
                    <div inner_html=term.html></div>
                </div>
            }
        })
        .collect_view()
}
