//! The seal on the test split: which split is shown, the button that opens it, and how often it has been opened.

use leptos::prelude::*;

use crate::protocol::Split;
use crate::ui::page_context::use_page;
use crate::ui::state::State;
use crate::ui::text::lab as text;

/// Says which split the scores of the last run are of.
#[component]
pub fn ShownSplit() -> impl IntoView {
    let page = use_page();
    let split = page.shown_split();
    let examples = page.watch(move |state: &State| {
        let run = state.run.as_ref()?;
        Some(run.scores_before(split.get())?.examples)
    });
    let has_validation = page.watch(|state| {
        let loaded = state.dataset.as_ref();
        loaded.is_none_or(|set| set.validation_rows > 0)
    });
    let told = move || match (split.get(), has_validation.get()) {
        (Split::Validation, false) => text::NO_VALIDATION.to_owned(),
        (split, _) => text::shown_split(split, examples.get()),
    };
    let has_run = page.watch(|state| {
        state
            .run
            .as_ref()
            .is_some_and(|run| run.tag.is_of_the_lab())
    });
    view! {
        <p
            class="quiet"
            data-testid="shown-split"
            data-split=move || text::split_name(split.get())
            hidden=move || !has_run.get()
        >
            {told}
        </p>
    }
}

/// Opens the test split for the ticked runs, or for the last one.
#[component]
pub fn Seal() -> impl IntoView {
    let page = use_page();
    let sealed = Memo::new(move |_| page.lab_runs.with(|runs| runs.to_open()));
    let open = move |_| {
        let numbers = sealed.get_untracked();
        page.lab_runs.update(|runs| runs.open_test(&numbers));
    };
    view! {
        <div class="seal">
            <button
                type="button"
                data-testid="test-seal"
                disabled=move || sealed.with(Vec::is_empty)
                on:click=open
            >
                {move || text::open_seal(sealed.with(Vec::len))}
            </button>
            <Openings />
            <p class="quiet">{text::SEAL_LEAD}</p>
        </div>
    }
}

/// How often the test split of each data set has been opened.
#[component]
fn Openings() -> impl IntoView {
    let page = use_page();
    let openings = Memo::new(move |_| {
        page.lab_runs.with(|runs| {
            let told = runs
                .openings()
                .map(|(name, n)| (text::openings(name, n), n));
            told.collect::<Vec<_>>()
        })
    });
    let all = move || openings.with(|told| told.iter().map(|(_, n)| n).sum::<usize>());
    let told = move || {
        let told = openings.get().into_iter();
        told.map(|(words, _)| view! { <p>{words}</p> })
            .collect_view()
    };
    view! {
        <div role="status" data-testid="test-openings" data-value=move || all().to_string()>
            <p hidden=move || !openings.with(Vec::is_empty)>{text::NEVER_OPENED}</p>
            {told}
        </div>
    }
}
