//! What a finished run made, as an archive to keep.

use leptos::prelude::*;

use crate::protocol::{Split, asks};
use crate::ui::browser::own_files;
use crate::ui::page_context::{PageContext, use_page};
use crate::ui::runs::take_home::Facts;
use crate::ui::state::{Answer, State};
use crate::ui::text::take_home as text;

#[component]
pub fn TakeHome() -> impl IntoView {
    let page = use_page();
    let has_result = page.watch(State::has_runs_result);
    let can_be_merged = page.watch(|state| {
        let run = state.run.as_ref();
        run.is_some_and(|run| run.settings.strategy.can_be_merged())
    });
    let split = page.shown_split();
    let is_idle = page.watch(State::is_idle);
    let answer = page.watch(|state| state.answer::<asks::TakeHome>());
    // An archive is saved as soon as it is there, and once.
    Effect::new(move |before: Option<bool>| {
        let answer = answer.get();
        if let (Some(true), Answer::Done(archive)) = (before, &answer) {
            own_files::save(&format!("{}.zip", archive.name), &archive.bytes);
        }
        answer.is_going()
    });
    let told = move || match answer.get() {
        Answer::Idle => String::new(),
        Answer::Going => text::GOING.to_string(),
        Answer::Done(archive) => text::made(&archive.name, archive.bytes.len()),
        Answer::Failed(error) => error.to_string(),
    };
    let cannot = move || !is_idle.get() || answer.get().is_going();
    let content = move || {
        if !has_result.get() {
            return view! { <p class="empty">{text::EMPTY}</p> }.into_any();
        }
        view! {
            <div class="buttons">
                <button
                    type="button"
                    class="primary"
                    data-testid="export-adapter"
                    disabled=cannot
                    on:click=move |_| pack(page, split.get_untracked(), false)
                >
                    {text::DOWNLOAD}
                </button>
                <button
                    type="button"
                    data-testid="export-merged"
                    hidden=move || !can_be_merged.get()
                    disabled=cannot
                    on:click=move |_| pack(page, split.get_untracked(), true)
                >
                    {text::DOWNLOAD_MERGED}
                </button>
                <span class="quiet" role="status">
                    {told}
                </span>
            </div>
        }
        .into_any()
    };
    view! {
        <p class="quiet">{text::LEAD}</p>
        {content}
    }
}

fn pack(page: PageContext, split: Split, is_merged: bool) {
    let ask = page.state.with_untracked(|state| {
        let run = state.run.as_ref()?;
        let model = state.model.as_ref()?;
        let counted = state.answer::<asks::CountWords>();
        let data = state.dataset.as_deref();
        let data = data.filter(|data| data.name == run.learnt.dataset);
        let facts = Facts {
            run,
            summary: run.summary()?,
            is_merged,
            // Data without validation rows has nothing else to tell.
            split: if run.came_to(split).is_some() {
                split
            } else {
                Split::Test
            },
            scores: run.came_to(split).or(run.came_to(Split::Test))?,
            model: &model.name,
            family: model.family,
            data,
            words: counted
                .done()
                .and_then(|words| **words)
                .filter(|_| data.is_some()),
        };
        Some(asks::TakeHome {
            name: facts.name(),
            base_name: model.name.clone(),
            is_merged,
            files: facts.files(),
        })
    });
    if let Some(ask) = ask {
        page.client.ask(ask);
    }
}
