//! Takes in a file of the learner's own: dropped, chosen or pasted, and read by the engine in this page.

use std::sync::Arc;

use leptos::prelude::*;
use web_sys::File;

use super::data_reading::inspect;
use super::data_report::Report;
use super::drop_zone::DropZone;
use crate::protocol::{DataChoice, DataReport, MOST_DATA_BYTES, asks};
use crate::ui::browser::{own_files, place};
use crate::ui::page_context::{PageContext, use_page};
use crate::ui::state::Answer;
use crate::ui::text::keeping;
use crate::ui::text::own_data as text;

#[component]
pub fn OwnDataControl() -> impl IntoView {
    let page = use_page();
    let refused = RwSignal::new(None::<String>);
    let has_no_engine = page.watch(|state| state.device.is_none());
    view! {
        <div class="own_data" data-testid="own-data">
            <h3>{text::TITLE}</h3>
            <p class="quiet">{text::LEAD}</p>
            <DropZone
                testid="data-drop"
                label=text::DROP
                help=text::DROP_HELP
                accept=".csv,.tsv,.tab,.jsonl,.ndjson,.json,.txt,text/plain,text/csv"
                is_disabled=has_no_engine
                take=Callback::new(move |files: Vec<File>| take(page, refused, &files))
            />
            <Paste />
            <p class="quiet" role="status" data-testid="data-not-kept">
                {move || page.data_is_lost.get().then_some(keeping::NOT_KEPT_DATA)}
            </p>
            <Found refused />
        </div>
    }
}

fn take(page: PageContext, refused: RwSignal<Option<String>>, files: &[File]) {
    let Some(file) = files.first() else { return };
    let bytes = file.size() as u64;
    if bytes > MOST_DATA_BYTES {
        return refused.set(Some(text::too_large(bytes)));
    }
    refused.set(None);
    if let Some(file) = own_files::addresses(&files[..1]).pop() {
        inspect(page, file, DataChoice::default());
    }
}

#[component]
fn Paste() -> impl IntoView {
    let page = use_page();
    let pasted = RwSignal::new(String::new());
    let has_none = move || pasted.with(|pasted| pasted.trim().is_empty());
    let look = move |_| {
        let file = pasted.with_untracked(|rows| own_files::address_of_text(text::PASTED, rows));
        if let Some(file) = file {
            inspect(page, file, DataChoice::default());
        }
    };
    view! {
        <details>
            <summary>{text::PASTE}</summary>
            <div class="field">
                <textarea
                    rows="5"
                    spellcheck="false"
                    data-testid="data-paste"
                    aria-label=text::PASTE
                    aria-describedby="own-data-paste-help"
                    on:input=move |event| pasted.set(event_target_value(&event))
                ></textarea>
                <span class="help" id="own-data-paste-help">{text::PASTE_HELP}</span>
                <span>
                    <button type="button" data-testid="data-look" disabled=has_none on:click=look>
                        {text::LOOK}
                    </button>
                </span>
            </div>
        </details>
    }
}

/// What the engine makes of it.
#[component]
fn Found(refused: RwSignal<Option<String>>) -> impl IntoView {
    let page = use_page();
    let answer = page.watch(|state| state.answer::<asks::InspectData>());
    // The old report stays until the new one is there, and the focus where it was in it.
    let shown = RwSignal::new(None::<Arc<DataReport>>);
    Effect::new(move |_| match answer.get() {
        Answer::Going => {}
        Answer::Done(report) => {
            let focused = place::focused_id();
            shown.set(Some(report));
            let again = focused.filter(|id| id.starts_with("data-"));
            if let Some(id) = again {
                request_animation_frame(move || place::focus(&id));
            }
        }
        Answer::Idle | Answer::Failed(_) => shown.set(None),
    });
    let refusal = |words: String| {
        view! { <p class="refusal" role="alert" data-testid="data-problem">{words}</p> }.into_any()
    };
    let said = move || match (refused.get(), answer.get()) {
        (Some(words), _) => refusal(words),
        (None, Answer::Failed(error)) => refusal(error.to_string()),
        (None, Answer::Going) => view! { <p role="status">{text::LOOKING}</p> }.into_any(),
        (None, Answer::Idle | Answer::Done(_)) => ().into_any(),
    };
    let report = move || {
        let shown = shown.get().filter(|_| refused.with(Option::is_none));
        shown.map(|report| view! { <Report report /> })
    };
    view! {
        {said}
        {report}
    }
}
