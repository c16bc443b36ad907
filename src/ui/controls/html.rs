//! Text that was HTML already when the page was built.

use leptos::prelude::*;

use crate::ui::lesson::model_numbers::with_model_numbers;

/// A stretch of a lesson's prose.
pub fn prose(class: &'static str, html: &'static str) -> impl IntoView {
    view! { <div class=class inner_html=with_model_numbers(html)></div> }
}
