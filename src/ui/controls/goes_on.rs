//! What only a model that goes on with texts can do; with another one a sentence says why it is not there.
//!
//! Test ids: `speechless`, the sentence, and `load-decoder`, the button below it.

use leptos::prelude::*;

use crate::ui::page_context::use_page;
use crate::ui::state::{State, Status};
use crate::ui::text::speech as text;

pub use text::Wish;

/// Shows its children unless the loaded model goes on with no text.
#[component]
pub fn GoesOn(wish: Wish, children: ChildrenFn) -> impl IntoView {
    let page = use_page();
    let speechless = page.watch(State::speechless);
    move || match speechless.get() {
        None => children().into_any(),
        Some((name, speech)) => {
            view! { <Speechless words=text::why(wish, &name, speech) /> }.into_any()
        }
    }
}

/// Why something is not there, and the way to have it.
#[component]
pub fn Speechless(words: String) -> impl IntoView {
    let page = use_page();
    let is_busy = page.watch(|state| state.status() != Status::Ready);
    view! {
        <div class="speechless">
            <p class="empty" data-testid="speechless">{words}</p>
            <button
                type="button"
                data-testid="load-decoder"
                disabled=is_busy
                on:click=move |_| page.client.load_shipped_model()
            >
                {text::LOAD_DECODER}
            </button>
        </div>
    }
}
