//! Takes in an adapter from elsewhere: its zip, or the files of PEFT's folder. The engine puts it beside the model and scores it.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{File, HtmlInputElement};

use super::number::number;
use super::work_buttons::WorkButtons;
use crate::protocol::{AskKind, Brought, Split, asks};
use crate::ui::browser::own_files;
use crate::ui::page_context::{PageContext, use_page};
use crate::ui::state::{Answer, State};
use crate::ui::text::adapters as text;

#[component]
pub fn BringAdapter() -> impl IntoView {
    let page = use_page();
    let is_over = RwSignal::new(false);
    let cannot = page.watch(|state| {
        state.model.is_none() || !state.is_idle() || state.is_asked(AskKind::BringAdapter)
    });
    let choose = move |event: leptos::ev::Event| {
        let input = event
            .target()
            .and_then(|t| t.dyn_into::<HtmlInputElement>().ok());
        if let Some(input) = input {
            bring(page, &own_files::chosen(&input));
            // The same file, changed meanwhile, may be chosen again.
            input.set_value("");
        }
    };
    let drop = move |event: leptos::ev::DragEvent| {
        event.prevent_default();
        is_over.set(false);
        if !cannot.get_untracked() {
            bring(page, &own_files::dropped(&event));
        }
    };
    view! {
        <div class="bring_adapter">
            <label
                class="drop_zone"
                class:over=is_over
                on:dragover=move |event| {
                    event.prevent_default();
                    is_over.set(true);
                }
                on:dragleave=move |_| is_over.set(false)
                on:drop=drop
            >
                <span class="label">{text::BRING}</span>
                <input
                    type="file"
                    multiple
                    accept=".zip,.json,.safetensors"
                    data-testid="bring-adapter"
                    aria-describedby="bring-adapter-help"
                    disabled=cannot
                    on:change=choose
                />
                <span class="help" id="bring-adapter-help">{text::BRING_HELP}</span>
            </label>
            <div role="status" data-testid="brought">
                {move || told(&page.state.with(State::answer::<asks::BringAdapter>))}
            </div>
            <WorkButtons kind=AskKind::BringAdapter name="bring" />
        </div>
    }
}

fn told(answer: &Answer<Brought>) -> AnyView {
    match answer {
        Answer::Idle => ().into_any(),
        Answer::Going => view! { <p>{text::BRINGING}</p> }.into_any(),
        Answer::Failed(error) => {
            view! { <p class="refusal">{error.message.clone()}</p> }.into_any()
        }
        Answer::Done(brought) => {
            let score = match &brought.scores {
                Ok(scores) => {
                    let (figure, value) = scores.headline();
                    number(
                        value,
                        text::brought_score(brought.split, figure, value, scores.examples),
                    )
                    .into_any()
                }
                Err(why) => text::unscored(why).into_any(),
            };
            view! { <p>{text::brought(brought)}</p><p>{score}</p> }.into_any()
        }
    }
}

fn bring(page: PageContext, files: &[File]) {
    let Some(first) = files.first() else { return };
    let file = first.name();
    let name = file.strip_suffix(".zip").unwrap_or(text::OWN_ADAPTER);
    page.client.ask(asks::BringAdapter {
        name: name.to_owned(),
        files: own_files::addresses(files),
        split: Split::Validation,
    });
}
