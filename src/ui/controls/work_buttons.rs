//! Cancel, and where it makes sense pause, for what the engine works on between messages.

use leptos::prelude::*;

use crate::protocol::AskKind;
use crate::ui::page_context::use_page;
use crate::ui::text::run as text;

/// Shown while an ask of this kind is worked on. `name` begins the test ids.
#[component]
pub fn WorkButtons(
    kind: AskKind,
    name: &'static str,
    #[prop(optional)] can_pause: bool,
) -> impl IntoView {
    let page = use_page();
    let is_going = page.watch(move |state| state.is_asked(kind));
    let is_paused = page.watch(move |state| state.answers.is_paused(kind));
    let is_cancelling = page.watch(|state| state.is_asked(AskKind::CancelWork));
    let words = move || match is_paused.get() {
        true => text::RESUME,
        false => text::PAUSE,
    };
    let pause = can_pause.then(|| {
        view! {
            <button
                type="button"
                data-testid=format!("{name}-pause")
                data-state=move || if is_paused.get() { "paused" } else { "going" }
                hidden=move || !is_going.get()
                on:click=move |_| page.client.pause_work(kind, !is_paused.get_untracked())
            >
                {words}
            </button>
        }
    });
    view! {
        {pause}
        <button
            type="button"
            data-testid=format!("{name}-cancel")
            hidden=move || !is_going.get()
            disabled=is_cancelling
            on:click=move |_| page.client.cancel_work(kind)
        >
            {text::CANCEL}
        </button>
    }
}
