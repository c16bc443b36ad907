//! Text that was HTML already when the page was built.

use leptos::prelude::*;

use crate::lessons::Text;
use crate::ui::lesson::filled_text::with_model_numbers;

/// A stretch of a lesson's prose.
pub fn prose(class: &'static str, text: Text) -> impl IntoView {
    view! { <div class=class inner_html=with_model_numbers(text)></div> }
}
