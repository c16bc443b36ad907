//! Which answers were given to which truths.

use leptos::prelude::*;

use crate::protocol::{Confusion as Counts, LabelScores};
use crate::ui::page_context::use_page;
use crate::ui::text::format;
use crate::ui::text::widgets as text;
use crate::ui::widgets::Frame;
use crate::ui::widgets::with_split;

pub const FRAME: Frame = Frame::InText;

#[component]
pub fn Confusion() -> impl IntoView {
    let page = use_page();
    let labels = page.watch(|state| {
        let dataset = state.dataset.as_ref();
        dataset.map_or(Vec::new(), |dataset| dataset.labels.clone())
    });
    view! {
        <div class="confusion">
            {with_split(move |summary| {
                let has_matrix = !summary.confusion.counts.is_empty();
                view! {
                    {has_matrix.then(|| table(&labels.get(), &summary.confusion))}
                    {by_label(&summary.by_label)}
                }
            })}
        </div>
    }
}

fn table(labels: &[String], confusion: &Counts) -> impl IntoView + use<> {
    let all: usize = confusion.counts.iter().flatten().sum();
    let name = |index: usize| labels.get(index).cloned().unwrap_or_default();
    let heads: Vec<_> = (0..confusion.counts.len())
        .map(|column| view! { <th scope="col">{name(column)}</th> })
        .collect();
    let rows: Vec<_> = confusion
        .counts
        .iter()
        .enumerate()
        .map(|(row, counts)| {
            let cells: Vec<_> = counts
                .iter()
                .enumerate()
                .map(|(column, count)| cell(*count, all, row == column))
                .collect();
            view! {
                <tr>
                    <th scope="row">{name(row)}</th>
                    {cells}
                </tr>
            }
        })
        .collect();
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label=text::CONFUSION>
            <table>
                <caption>{text::CONFUSION}</caption>
                <thead>
                    <tr>
                        <th scope="col">
                            <span class="quiet">{text::CONFUSION_ANSWER} " →"</span>
                            <br />
                            <span class="quiet">{text::CONFUSION_TRUTH} " ↓"</span>
                        </th>
                        {heads}
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

/// Precision, recall and F1 of each label.
fn by_label(scores: &[LabelScores]) -> Option<impl IntoView + use<>> {
    let share =
        |value: f64| view! { <td data-value=value.to_string()>{format::percent(value)}</td> };
    let rows: Vec<_> = scores
        .iter()
        .map(|own| {
            view! {
                <tr>
                    <th scope="row">{own.label.clone()}</th>
                    {share(own.precision)}
                    {share(own.recall)}
                    {share(own.f1)}
                    <td>{format::count(own.support)}</td>
                </tr>
            }
        })
        .collect();
    let heads = text::BY_LABEL_COLUMNS.map(|name| view! { <th scope="col">{name}</th> });
    (!rows.is_empty()).then(|| {
        view! {
            <div class="scroll by_label" tabindex="0" role="region" aria-label=text::BY_LABEL>
                <table>
                    <caption>{text::BY_LABEL}</caption>
                    <thead>
                        <tr>{heads.into_iter().collect_view()}</tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        }
    })
}

fn cell(count: usize, all: usize, is_right: bool) -> impl IntoView {
    let weight = format!("--weight: {:.3}", count as f64 / all.max(1) as f64);
    view! {
        <td data-value=count.to_string() class:right=is_right style=weight>
            {format::count(count)}
        </td>
    }
}
