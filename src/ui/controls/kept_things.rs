//! What the browser keeps beside weights: a run that can be gone on with, the learner's own data; and what all of it takes.
//!
//! Test ids: `kept-run` and `kept-data` with their bytes as `data-value`, `forget-kept` in each, and `kept-room`.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::workspace::WorkspaceControl;
use crate::protocol::{Keeping, asks};
use crate::ui::browser::kept_files;
use crate::ui::page_context::use_page;
use crate::ui::text::format;
use crate::ui::text::keeping as text;
use crate::ui::text::model_picker::FORGET;

#[component]
pub fn KeptThings() -> impl IntoView {
    let page = use_page();
    let run_bytes = page.watch(|state| {
        let found = state.answer::<asks::FindKeptRun>();
        match found.done().map(|found| &**found) {
            Some(Keeping::Here(run)) => run.as_ref().map(|run| run.bytes),
            _ => None,
        }
    });
    let kept_data = page.kept_data;
    let room = RwSignal::new(None::<(u64, u64)>);
    Effect::new(move |_| {
        // What is kept has changed.
        let _ = (run_bytes.get(), kept_data.with(Option::is_some));
        spawn_local(async move { room.set(kept_files::room().await) });
    });
    let discard = move || page.client.ask(asks::DiscardKeptRun {});
    let of_run = move || {
        let bytes = run_bytes.get()?;
        Some(row("kept-run", text::KEPT_RUN.to_string(), bytes, discard))
    };
    let of_data = move || {
        let kept = kept_data.get()?;
        let name = text::kept_data(&kept.file);
        Some(row("kept-data", name, kept.bytes, move || {
            page.forget_data()
        }))
    };
    let said = move || room.get().map(|(used, all)| text::room(used, all));
    view! {
        <ul>{of_run} {of_data}</ul>
        <p class="quiet" data-testid="kept-room">{said}</p>
        <WorkspaceControl />
    }
}

fn row(id: &'static str, name: String, bytes: u64, forget: impl Fn() + 'static) -> impl IntoView {
    let said = text::forget(&name);
    view! {
        <li data-testid=id data-value=bytes.to_string()>
            <p>
                <strong>{name}</strong> " " {format::bytes(bytes)}
            </p>
            <button type="button" data-testid="forget-kept" aria-label=said on:click=move |_| forget()>
                {FORGET}
            </button>
        </li>
    }
}
