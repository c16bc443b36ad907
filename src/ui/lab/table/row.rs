//! One line of the table: a run, or a group of them.

use leptos::prelude::*;

use super::score::{general_cell, score_cell, words_cell};
use crate::protocol::Split;
use crate::ui::lab::rows::{Line, Row};
use crate::ui::learner::lab_runs::{Group, told, varied};
use crate::ui::learner::{LabRun, LabRuns};
use crate::ui::page_context::PageContext;
use crate::ui::text::format;
use crate::ui::text::lab as text;

/// `keys`: the settings that differ among all runs.
pub fn line_view(page: PageContext, line: &Line, keys: &[String]) -> AnyView {
    match &line.row.group {
        Some(group) => group_line(page, &line.row, group, keys).into_any(),
        None => run_line(page, line, keys).into_any(),
    }
}

fn run_line(page: PageContext, line: &Line, keys: &[String]) -> impl IntoView + use<> {
    let (row, run) = (&line.row, &line.row.runs[0]);
    let number = run.number;
    let rename = move |event| {
        let name = event_target_value(&event);
        page.lab_runs.update(|runs| runs.rename(number, &name));
    };
    view! {
        <tr data-run=number class:member=line.is_member class:pinned=any(page, row, |run| run.is_pinned)>
            {tick_cell(page, row)}
            <th scope="row">
                <input
                    type="text"
                    size="12"
                    aria-label=text::NAME
                    prop:value=run.name.clone()
                    on:change=rename
                />
            </th>
            {figure_cells(row)}
            <td>{told(run, keys)}</td>
            <td>{note_field(page, run)}</td>
            <td>{acts(page, row)}</td>
        </tr>
    }
}

fn group_line(
    page: PageContext,
    row: &Row,
    group: &Group,
    keys: &[String],
) -> impl IntoView + use<> {
    let (number, count) = (group.number, row.runs.len());
    let is_open = Memo::new(move |_| {
        let open = |runs: &LabRuns| runs.group(number).is_some_and(|group| group.is_open);
        page.lab_runs.with(open)
    });
    let toggle = move |_| {
        page.lab_runs
            .update(|runs| runs.change_group(number, |group| group.is_open = !group.is_open));
    };
    let runs: Vec<&LabRun> = row.runs.iter().collect();
    let within = varied(&runs);
    // What its runs share, and in what they differ from the other rows.
    let shared = keys.iter().filter(|key| !within.contains(key));
    let shared: Vec<String> = shared.cloned().collect();
    view! {
        <tr class="group" data-group=number class:pinned=any(page, row, |run| run.is_pinned)>
            {tick_cell(page, row)}
            <th scope="row">
                <span class="group-name">{group.name.clone()}</span>
                <button
                    type="button"
                    aria-expanded=move || is_open.get().to_string()
                    on:click=toggle
                >
                    {move || text::runs_of(count, is_open.get())}
                </button>
            </th>
            {figure_cells(row)}
            <td>{told(runs[0], &shared)}</td>
            <td></td>
            <td>{acts(page, row)}</td>
        </tr>
    }
}

/// Whether something holds of one of the row's runs as they are now.
fn any(
    page: PageContext,
    row: &Row,
    holds: fn(&LabRun) -> bool,
) -> impl Fn() -> bool + Clone + Send + 'static + use<> {
    let numbers = numbers(row);
    move || {
        page.lab_runs.with(|runs| {
            let mut own = runs
                .runs()
                .iter()
                .filter(|run| numbers.contains(&run.number));
            own.any(holds)
        })
    }
}

/// From the data to the time.
fn figure_cells(row: &Row) -> impl IntoView + use<> {
    let record = &row.runs[0].record;
    view! {
        <td>{record.ground().dataset} ", " {record.model.clone()}</td>
        {score_cell(row, Split::Validation)}
        {words_cell(row)}
        {general_cell(row)}
        {score_cell(row, Split::Test)}
        <td class="number">{format::duration(1000.0 * row.seconds())}</td>
    }
}

fn numbers(row: &Row) -> Vec<usize> {
    row.runs.iter().map(|run| run.number).collect()
}

fn tick_cell(page: PageContext, row: &Row) -> impl IntoView + use<> {
    let numbers = numbers(row);
    let tick = move |event| {
        let is_ticked = event_target_checked(&event);
        page.lab_runs.update(|runs| {
            for number in &numbers {
                runs.change(*number, |run| run.is_ticked = is_ticked);
            }
        });
    };
    view! {
        <td class="tick-cell">
            <input
                type="checkbox"
                aria-label=text::draw(row.name())
                prop:checked=any(page, row, |run| run.is_ticked)
                on:change=tick
            />
        </td>
    }
}

fn note_field(page: PageContext, run: &LabRun) -> impl IntoView + use<> {
    let number = run.number;
    let write = move |event| {
        let note = event_target_value(&event);
        page.lab_runs
            .update(|runs| runs.change(number, |run| run.note = note));
    };
    view! {
        <input
            type="text"
            size="14"
            aria-label=text::NOTE
            prop:value=run.note.clone()
            on:change=write
        />
    }
}

fn acts(page: PageContext, row: &Row) -> impl IntoView + use<> {
    let (pinned, deleted) = (numbers(row), numbers(row));
    let is_pinned = any(page, row, |run| run.is_pinned);
    let pressed = is_pinned.clone();
    let pin = move |_| {
        let is_pinned = untrack(&is_pinned);
        page.lab_runs.update(|runs| {
            for number in &pinned {
                runs.change(*number, |run| run.is_pinned = !is_pinned);
            }
        });
    };
    let delete = move |_| {
        page.lab_runs
            .update(|runs| deleted.iter().for_each(|number| runs.delete(*number)));
    };
    view! {
        <div class="acts">
            <button
                type="button"
                aria-label=text::pin(row.name())
                aria-pressed=move || pressed().to_string()
                on:click=pin
            >
                {text::PIN}
            </button>
            <button type="button" aria-label=text::delete(row.name()) on:click=delete>
                {text::DELETE}
            </button>
        </div>
    }
}
