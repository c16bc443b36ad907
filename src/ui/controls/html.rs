//! Text that was HTML already when the page was built.

use leptos::prelude::*;

use crate::ui::of_model::told;

/// A stretch of a lesson's prose.
pub fn prose(class: &'static str, html: &'static str) -> impl IntoView {
    view! { <div class=class inner_html=told(html)></div> }
}
