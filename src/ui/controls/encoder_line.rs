//! mini-BERT is fetched when something that asks it is shown, and a line says how far it has come.

use leptos::prelude::*;

use crate::protocol::asks;
use crate::ui::page_context::{PageContext, use_page};
use crate::ui::state::Answer;
use crate::ui::text::encoder as text;

/// Sees to it that the encoder is there; after a restart of the engine, again.
pub fn want_encoder(page: PageContext) {
    let is_missing = page.watch(|state| {
        let is_free = state.is_idle() && state.model.is_some();
        is_free && state.answer::<asks::LoadEncoder>() == Answer::Idle
    });
    Effect::new(move |_| {
        if is_missing.get() {
            page.client.load_encoder();
        }
    });
}

/// Whether the base and the encoder are both there and can be asked.
pub fn can_ask_both(page: PageContext) -> Memo<bool> {
    page.watch(|state| {
        let encoder = state.answer::<asks::LoadEncoder>();
        let has_both = state.model.is_some() && encoder.done().is_some();
        state.is_idle() && has_both
    })
}

/// Nothing, once the encoder is there.
#[component]
pub fn EncoderLine() -> impl IntoView {
    let page = use_page();
    let standing = page.watch(|state| {
        let progress = state.encoder_progress;
        let received = progress.map(|p| (p.received_bytes, p.total_bytes));
        match state.answer::<asks::LoadEncoder>() {
            Answer::Done(_) => None,
            Answer::Failed(error) => Some((text::not_fetched(&error.to_string()), true)),
            Answer::Idle | Answer::Going => Some((text::fetching(received), false)),
        }
    });
    let again = move |_| page.client.load_encoder();
    move || {
        standing.get().map(|(words, has_failed)| {
            let button = has_failed.then(|| {
                view! {
                    <button type="button" data-testid="load-encoder" on:click=again>{text::TRY_AGAIN}</button>
                }
            });
            view! {
                <div class="encoder-line buttons" data-testid="encoder-line" role="status">
                    <p class="quiet">{words}</p>
                    {button}
                </div>
            }
        })
    }
}
