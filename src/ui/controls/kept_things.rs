//! What the browser keeps beside weights: a run that can be gone on with, the learner's own data; and what all of it takes.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::workspace::WorkspaceControl;
use crate::protocol::{Keeping, asks};
use crate::ui::browser::kept_files;
use crate::ui::page_context::use_page;
use crate::ui::text::format;
use crate::ui::text::keeping as text;

#[component]
pub fn KeptThings() -> impl IntoView {
    let page = use_page();
    let run = page.watch(|state| {
        let found = state.answer::<asks::FindKeptRun>();
        match found.done().map(|found| (**found).clone()) {
            Some(Keeping::Here(run)) => run.map(|run| run.bytes),
            _ => None,
        }
    });
    let kept_data = page.kept_data;
    let room = RwSignal::new(None::<(u64, u64)>);
    Effect::new(move |_| {
        // What is kept has changed.
        let _ = (run.get(), kept_data.with(Option::is_some));
        spawn_local(async move { room.set(kept_files::room().await) });
    });
    let row = |id: &'static str,
               what: &'static str,
               name: String,
               bytes: u64,
               forget: Callback<()>| {
        view! {
            <li data-testid=id data-value=bytes.to_string()>
                <p>
                    <strong>{what}</strong> " " {name} " " {format::bytes(bytes)}
                </p>
                <button type="button" data-testid="forget-kept" aria-label=text::forget(what) on:click=move |_| forget.run(())>
                    {crate::ui::text::model_picker::FORGET}
                </button>
            </li>
        }
    };
    let of_run = move || {
        let discard = Callback::new(move |()| page.client.ask(asks::DiscardKeptRun {}));
        let bytes = run.get()?;
        Some(row(
            "kept-run",
            text::KEPT_RUN,
            String::new(),
            bytes,
            discard,
        ))
    };
    let of_data = move || {
        let forget = Callback::new(move |()| page.forget_data());
        let kept = kept_data.get()?;
        Some(row(
            "kept-data",
            text::KEPT_DATA,
            kept.file,
            kept.bytes,
            forget,
        ))
    };
    view! {
        <ul>{of_run} {of_data}</ul>
        <p class="quiet" data-testid="kept-room">
            {move || room.get().map(|(used, all)| text::room(used, all))}
        </p>
        <WorkspaceControl />
    }
}
