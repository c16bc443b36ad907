//! Weights that the browser keeps: how large they are, where they came from, and the way to be rid of them.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::kept_things::KeptThings;
use crate::protocol::asks;
use crate::ui::page_context::use_page;
use crate::ui::text::format;
use crate::ui::text::model_picker as text;
use crate::weights_store::{self, KeptFile};

#[component]
pub fn KeptWeights() -> impl IntoView {
    let page = use_page();
    let files = RwSignal::new(Vec::<KeptFile>::new());
    let look = move || {
        spawn_local(async move {
            files.set(weights_store::list().await);
        });
    };
    // What has just been loaded may be new here.
    let loaded = page.watch(|state| {
        let encoder = state.answer::<asks::LoadEncoder>();
        let encoder = encoder.done().map(|found| found.name.clone());
        (
            state.model.as_ref().map(|model| model.name.clone()),
            encoder,
        )
    });
    Effect::new(move |_| {
        // Read, not only tracked: a memo that nobody has read follows nothing.
        let _ = loaded.get();
        look();
    });
    let rows = move || {
        let forget = move |url: String| {
            spawn_local(async move {
                weights_store::forget(&url).await;
                look();
            });
        };
        files.with(|files| {
            let rows = files.iter().cloned();
            rows.map(|file| row(file, forget)).collect_view()
        })
    };
    let came = page.watch(|state| {
        let model = state.model.as_ref()?;
        Some(text::came(&model.name, model.weights_were_kept))
    });
    view! {
        <details class="kept_weights" data-testid="kept-weights">
            <summary>{text::KEPT_TITLE}</summary>
            <p class="quiet" data-testid="weights-came">{came}</p>
            <p class="empty" hidden=move || files.with(|files| !files.is_empty())>{text::KEPT_NONE}</p>
            <ul>{rows}</ul>
            <KeptThings />
        </details>
    }
}

fn row(file: KeptFile, forget: impl Fn(String) + Copy + 'static) -> impl IntoView {
    let name = text::kept_name(&file.url);
    let (url, said) = (file.url.clone(), text::forget(&name));
    view! {
        <li data-testid="kept-file" data-value=file.bytes.to_string()>
            <p>
                <strong>{name}</strong> " "
                {format::bytes(file.bytes)} " "
                <span class="quiet" title=file.sha256.clone()>{text::checksum(&file.sha256)}</span>
            </p>
            <button type="button" data-testid="forget-file" aria-label=said on:click=move |_| forget(url.clone())>
                {text::FORGET}
            </button>
        </li>
    }
}
