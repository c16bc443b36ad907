//! The settings on this page as a program in Python, to copy or to take along.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::ui::browser::place;
use crate::ui::page_context::use_page;
use crate::ui::script::{command, data_url, script};
use crate::ui::sources::datasets::DataSource;
use crate::ui::sources::own_model::ModelSource;
use crate::ui::text::{code as text, pages};
use crate::ui::widgets::Frame;

pub const FRAME: Frame = Frame::InText;

#[component]
pub fn ExportScript() -> impl IntoView {
    let page = use_page();
    let family = page.watch(|state| state.model.as_ref().map(|model| model.family));
    let program = Memo::new(move |_| {
        let family = family.get().unwrap_or_default();
        page.draft.with(|draft| script(draft, family))
    });
    let data = Memo::new(move |_| page.draft.with(|draft| draft.dataset.clone()));
    let label = RwSignal::new(text::SCRIPT_COPY);
    let copy = move |_| {
        let program = program.get_untracked();
        spawn_local(async move {
            let copied = place::copy(&program).await;
            label.set(if copied {
                pages::COPIED
            } else {
                pages::COPY_BY_HAND
            });
        });
    };
    Effect::new(move |_| {
        program.track();
        label.set(text::SCRIPT_COPY);
    });
    // A model of the learner's own is not among the page's files.
    let model = page.watch(|state| match &state.source {
        Some(ModelSource::Shipped(name)) => Some(name.clone()),
        Some(ModelSource::Own(_)) | None => None,
    });
    let folder = move || {
        model.get().map(|name| {
            let link = |file: &'static str| {
                view! { <a href=format!("models/{name}/{file}") download=file>{file}</a> " " }
            };
            let links = ["config.json", "model.safetensors", "tokenizer.json"].map(link);
            view! { <span>{links.into_iter().collect_view()}</span> }
        })
    };
    view! {
        <div class="export_script">
            <pre class="code" tabindex="0" role="region" aria-label=text::SCRIPT_LABEL data-testid="script-text">
                {program}
            </pre>
            <div class="buttons">
                <a
                    class="button primary"
                    data-testid="export-script"
                    download="finetune.py"
                    href=move || program.with(|program| data_url(program))
                >
                    {text::SCRIPT_DOWNLOAD}
                </a>
                <button type="button" on:click=copy>{label}</button>
            </div>
            <OnTheCommandLine />
            <p class="quiet">
                {text::SCRIPT_HOW} " " {folder}
                {move || match data.get() {
                    DataSource::Own(_) => ().into_any(),
                    DataSource::Shipped(set) => view! {
                        <a href=set.file() download>
                            {set.file().replace("data/", "")}
                        </a>
                    }
                    .into_any(),
                }}
            </p>
        </div>
    }
}

/// The same run with this project's own engine.
#[component]
fn OnTheCommandLine() -> impl IntoView {
    let page = use_page();
    let model = page.watch(|state| {
        let model = state.model.as_ref()?;
        let folder = match &state.source {
            Some(ModelSource::Shipped(name)) => format!("models/{name}"),
            _ => text::COMMAND_MODEL.to_owned(),
        };
        Some((model.family, folder))
    });
    let line = Memo::new(move |_| {
        let (family, folder) = model.get().unwrap_or_default();
        page.draft.with(|draft| command(draft, family, &folder))
    });
    view! {
        <details>
            <summary>{text::COMMAND}</summary>
            <p class="quiet">{text::COMMAND_HOW}</p>
            <pre class="code" tabindex="0" role="region" aria-label=text::COMMAND data-testid="export-command">
                {line}
            </pre>
        </details>
    }
}
