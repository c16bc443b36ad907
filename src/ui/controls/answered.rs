//! What the engine has answered to one ask, or honest words while it has not.

use leptos::prelude::*;

use crate::ui::state::Answer;
use crate::ui::text::probes as text;

/// `show` draws the answer; `empty` stands there until something has been asked.
#[component]
pub fn Answered<T: Clone + PartialEq + Send + Sync + 'static>(
    answer: Memo<Answer<T>>,
    show: impl Fn(&T) -> AnyView + Send + 'static,
    #[prop(optional, into)] empty: Option<Signal<&'static str>>,
) -> impl IntoView {
    move || {
        let words = match answer.get() {
            Answer::Done(found) => return show(&found),
            Answer::Failed(error) => error.to_string(),
            Answer::Idle => empty.map_or(text::WAITING, |empty| empty.get()).to_string(),
            Answer::Going => text::WAITING.to_string(),
        };
        view! { <p class="empty">{words}</p> }.into_any()
    }
}
