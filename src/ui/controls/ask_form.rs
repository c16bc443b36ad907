//! A question to the tuned model: fields, a button, and why it cannot be pressed.

use leptos::prelude::*;

use crate::ui::page_context::use_page;
use crate::ui::state::State;
use crate::ui::text::widgets as text;

/// `is_complete` says whether the fields hold a question, `ask` sends it.
#[component]
pub fn AskForm(
    testid: &'static str,
    #[prop(into)] is_complete: Signal<bool>,
    #[prop(into)] is_going: Signal<bool>,
    ask: Callback<()>,
    children: Children,
) -> impl IntoView {
    let page = use_page();
    let has_run = page.watch(State::has_result);
    let is_idle = page.watch(State::is_idle);
    let can_ask = move || has_run.get() && is_idle.get() && !is_going.get() && is_complete.get();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if can_ask() {
            ask.run(());
        }
    };
    view! {
        <form class="classify_box" on:submit=submit>
            {children()}
            <div class="buttons">
                <button class="primary" data-testid=testid disabled=move || !can_ask()>
                    {text::CLASSIFY}
                </button>
                <span class="quiet">
                    {move || (!has_run.get()).then_some(text::CLASSIFY_NEEDS_RUN)}
                </span>
            </div>
        </form>
    }
}
