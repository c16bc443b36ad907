//! The lab's runs side by side: a row for each run or group, sorted by a column, with what the learner makes of them.

mod row;
mod score;

use leptos::prelude::*;

use super::rows::{Column, Line, Sort, lines, rows};
use crate::ui::learner::LabRun;
use crate::ui::learner::lab_runs::varied;
use crate::ui::page_context::{PageContext, use_page};
use crate::ui::text::lab as text;
use row::line_view;

#[component]
pub fn RunTable() -> impl IntoView {
    let page = use_page();
    let sort = RwSignal::new(Sort::default());
    let shown = Memo::new(move |_| page.lab_runs.with(|runs| rows(runs, sort.get())));
    let keys = Memo::new(move |_| {
        page.lab_runs.with(|runs| {
            let all: Vec<&LabRun> = runs.runs().iter().collect();
            varied(&all)
        })
    });
    let is_empty = move || shown.with(Vec::is_empty);
    // What differs is a part of each line, and so of its key.
    let told = move || {
        let keys = keys.get();
        let lines = shown.with(|rows| lines(rows)).into_iter();
        lines.map(|line| (line, keys.clone())).collect::<Vec<_>>()
    };
    let key = |(line, keys): &(Line, Vec<String>)| (line.key(), keys.clone());
    view! {
        <div class="run_table" data-testid="run-table">
            <p class="quiet">
                {move || if is_empty() { text::TABLE_EMPTY } else { text::TABLE_LEAD }}
            </p>
            <div class="scroll" hidden=is_empty tabindex="0" role="region" aria-label=text::TABLE>
                <table>
                    <thead>{heads(sort)}</thead>
                    <tbody>
                        <For each=told key=key let:told>
                            {line_view(page, &told.0, &told.1)}
                        </For>
                    </tbody>
                </table>
            </div>
            <div class="buttons" hidden=is_empty>
                {tick_buttons(page)}
            </div>
        </div>
    }
}

fn tick_buttons(page: PageContext) -> impl IntoView {
    let tick_all = move |is_ticked: bool| {
        page.lab_runs.update(|runs| {
            let numbers: Vec<usize> = runs.runs().iter().map(|run| run.number).collect();
            for number in numbers {
                runs.change(number, |run| run.is_ticked = is_ticked);
            }
        });
    };
    view! {
        <button type="button" data-testid="tick-all" on:click=move |_| tick_all(true)>
            {text::TICK_ALL}
        </button>
        <button type="button" data-testid="tick-none" on:click=move |_| tick_all(false)>
            {text::TICK_NONE}
        </button>
    }
}

fn heads(sort: RwSignal<Sort>) -> impl IntoView {
    let plain = |name: &'static str| view! { <th scope="col">{name}</th> };
    view! {
        <tr>
            {plain(text::COLUMN_TICK)}
            {head(sort, Column::Name, text::COLUMN_NAME)}
            {plain(text::COLUMN_DATA)}
            {head(sort, Column::Validation, text::COLUMN_VALIDATION)}
            {plain(text::COLUMN_WORDS)}
            {head(sort, Column::General, text::COLUMN_GENERAL)}
            {head(sort, Column::Test, text::COLUMN_TEST)}
            {head(sort, Column::Time, text::COLUMN_TIME)}
            {plain(text::COLUMN_SET)}
            {plain(text::COLUMN_NOTE)}
            {plain(text::COLUMN_ACTS)}
        </tr>
    }
}

fn head(sort: RwSignal<Sort>, column: Column, name: &'static str) -> impl IntoView {
    let direction = move || {
        let sort = sort.get();
        match (sort.column == column, sort.is_reversed) {
            (false, _) => "none",
            (true, false) => "ascending",
            (true, true) => "descending",
        }
    };
    view! {
        <th scope="col" aria-sort=direction>
            <button
                type="button"
                class="sorts"
                on:click=move |_| sort.update(|sort| *sort = sort.clicked(column))
            >
                {name}
            </button>
        </th>
    }
}
