//! One row of the table; below it, where it is a group that stands open, one for each of its runs.

use leptos::prelude::*;

use super::score::{general_cell, score_cell, words_cell};
use crate::protocol::Split;
use crate::ui::lab::rows::Row;
use crate::ui::learner::LabRun;
use crate::ui::learner::lab_runs::{Group, told, varied};
use crate::ui::page_context::PageContext;
use crate::ui::text::format;
use crate::ui::text::lab as text;

/// `keys`: the settings that differ among all runs.
pub fn row_view(page: PageContext, row: &Row, keys: &[String]) -> AnyView {
    let Some(group) = &row.group else {
        return run_row(page, &row.runs[0], keys, "").into_any();
    };
    let members = group.is_open.then(|| {
        let runs = row.runs.iter();
        runs.map(|run| run_row(page, run, keys, "member"))
            .collect_view()
    });
    view! {
        {group_row(page, row, group, keys)}
        {members}
    }
    .into_any()
}

fn run_row(
    page: PageContext,
    run: &LabRun,
    keys: &[String],
    class: &'static str,
) -> impl IntoView + use<> {
    let number = run.number;
    let rename = move |event| {
        let name = event_target_value(&event);
        page.lab_runs.update(|runs| runs.rename(number, &name));
    };
    let alone = Row {
        group: None,
        runs: vec![run.clone()],
    };
    view! {
        <tr data-run=number class=class class:pinned=run.is_pinned>
            {tick_cell(page, &alone)}
            <th scope="row">
                <input
                    type="text"
                    size="12"
                    aria-label=text::NAME
                    prop:value=run.name.clone()
                    on:change=rename
                />
            </th>
            {figure_cells(&alone)}
            <td>{told(run, keys)}</td>
            <td>{note_field(page, run)}</td>
            <td>{acts(page, &alone)}</td>
        </tr>
    }
}

fn group_row(
    page: PageContext,
    row: &Row,
    group: &Group,
    keys: &[String],
) -> impl IntoView + use<> {
    let (number, is_open) = (group.number, group.is_open);
    let toggle = move |_| {
        page.lab_runs
            .update(|runs| runs.change_group(number, |group| group.is_open = !group.is_open));
    };
    let runs: Vec<&LabRun> = row.runs.iter().collect();
    let within = varied(&runs);
    // What its runs share, and in what they differ from the other rows.
    let shared: Vec<String> = keys
        .iter()
        .filter(|key| !within.contains(key))
        .cloned()
        .collect();
    view! {
        <tr class="group" data-group=number class:pinned=row.is_pinned()>
            {tick_cell(page, row)}
            <th scope="row">
                <span class="group-name">{group.name.clone()}</span>
                <button type="button" class="opens" aria-expanded=is_open.to_string() on:click=toggle>
                    {text::runs_of(row.runs.len(), is_open)}
                </button>
            </th>
            {figure_cells(row)}
            <td>{told(runs[0], &shared)}</td>
            <td></td>
            <td>{acts(page, row)}</td>
        </tr>
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
                prop:checked=row.is_ticked()
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
    let is_pinned = row.is_pinned();
    let pin = move |_| {
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
                aria-pressed=is_pinned.to_string()
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
