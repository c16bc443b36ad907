//! The rows that only one of two runs got right, read from the data set at hand.

use leptos::prelude::*;

use super::comparison::{Chosen, Outcome};
use crate::protocol::{Example, asks};
use crate::ui::page_context::{PageContext, use_page};
use crate::ui::state::Answer;
use crate::ui::text::judging as text;

/// Rows shown of each kind.
const SHOWN: usize = 10;

/// Places of the rows right only in the first run, and only in the second.
type Places = (Vec<usize>, Vec<usize>);

#[component]
pub fn ChangedRows(chosen: Memo<Option<Chosen>>, outcome: Memo<Option<Outcome>>) -> impl IntoView {
    let page = use_page();
    let asked = RwSignal::new(None::<Chosen>);
    let answer = page.watch(|state| state.answer::<asks::ReadRows>());
    let is_at_hand =
        Memo::new(move |_| chosen.get().is_some_and(|chosen| is_at_hand(page, chosen)));
    let places = Memo::new(move |_| match outcome.get() {
        Some(Outcome::Compared(pairs)) => (pairs.only_first, pairs.only_second),
        _ => Places::default(),
    });
    let ask = move |_| {
        let Some(chosen) = chosen.get_untracked() else {
            return;
        };
        asked.set(Some(chosen));
        places.with_untracked(|places| ask_for(page, chosen, places));
    };
    let has_rows = move || places.with(|(first, second)| !first.is_empty() || !second.is_empty());
    let shown = move || {
        let is_of_these = asked.get().is_some() && asked.get() == chosen.get();
        match answer.get() {
            Answer::Done(rows) if is_of_these => Some(places.with(|places| both(&rows, places))),
            _ => None,
        }
    };
    view! {
        <div hidden=move || !has_rows()>
            <button type="button" data-testid="luck-show" disabled=move || !is_at_hand.get() on:click=ask>
                {text::SHOW_ROWS}
            </button>
            <p class="quiet" hidden=is_at_hand>{text::ROWS_AWAY}</p>
            {shown}
        </div>
    }
}

/// Whether the engine has the data set that the runs answered.
fn is_at_hand(page: PageContext, chosen: Chosen) -> bool {
    let loaded = page
        .state
        .with(|state| Some(state.dataset.as_ref()?.name.clone()));
    let answered = page
        .lab_runs
        .with(|runs| Some(runs.find(chosen.first)?.record.ground().dataset));
    answered.is_some() && loaded == answered
}

fn ask_for(page: PageContext, chosen: Chosen, (first, second): &Places) {
    let places = first.iter().take(SHOWN).chain(second.iter().take(SHOWN));
    page.client.ask(asks::ReadRows {
        split: chosen.split,
        places: places.copied().collect(),
    });
}

fn both(rows: &[Example], (first, second): &Places) -> impl IntoView + use<> {
    let (of_first, of_second) = rows.split_at(first.len().min(SHOWN).min(rows.len()));
    view! {
        <div class="pair" data-testid="luck-rows">
            {listed(text::ONLY_FIRST, of_first, first.len())}
            {listed(text::ONLY_SECOND, of_second, second.len())}
        </div>
    }
}

fn listed(title: &'static str, rows: &[Example], all: usize) -> impl IntoView + use<> {
    let items = rows.iter().cloned().map(|row| {
        let question = (!row.question.is_empty()).then(|| view! { <p>{row.question}</p> });
        view! {
            <li>
                {question}
                <blockquote>{row.text}</blockquote>
                <p class="quiet">{row.label}</p>
            </li>
        }
    });
    view! {
        <div class="mistakes">
            <h4>{title} " (" {text::rows_shown(rows.len(), all)} ")"</h4>
            <ol>{items.collect_view()}</ol>
        </div>
    }
}
