//! Takes in an adapter from elsewhere: its zip, or the files of PEFT's folder. The engine puts it beside the model and scores it.

use leptos::prelude::*;
use web_sys::File;

use super::drop_zone::DropZone;
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
    let cannot = page.watch(|state| {
        state.model.is_none() || !state.is_idle() || state.is_asked(AskKind::BringAdapter)
    });
    view! {
        <div class="bring_adapter">
            <DropZone
                testid="bring-adapter"
                label=text::BRING
                help=text::BRING_HELP
                accept=".zip,.json,.safetensors"
                multiple=true
                is_disabled=cannot
                take=Callback::new(move |files: Vec<File>| bring(page, &files))
            />
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
        Answer::Failed(error) => view! { <p class="refusal">{error.to_string()}</p> }.into_any(),
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
