//! All strategies on one model, in one table: what trains, what it takes, what has to be kept.

use leptos::prelude::*;

use crate::methods::{Group, StrategyKind};
use crate::ui::controls::honesty_badge::{HonestyBadge, Origin};
use crate::ui::controls::number::number;
use crate::ui::page_context::use_page;
use crate::ui::text::format;
use crate::ui::text::{methods, strategies as text};
use crate::ui::widgets::Frame;
use crate::ui::widgets::strategy::costs::{Price, price};
use crate::ui::widgets::strategy::counted_model::{CountedModel, counted};

pub const FRAME: Frame = Frame::Wide;

#[component]
pub fn StrategyTable() -> impl IntoView {
    let page = use_page();
    let wants_gpt2 = RwSignal::new(true);
    let model = counted(wants_gpt2);
    let bodies = move || {
        let sizes = model.get().sizes();
        page.draft.with(|draft| {
            Group::ALL
                .into_iter()
                .map(|group| {
                    let rows: Vec<_> = StrategyKind::of(group)
                        .map(|kind| row(kind, price(&sizes, kind, draft)))
                        .collect();
                    view! {
                        <tbody>
                            <tr class="family">
                                <th scope="rowgroup" colspan="4">{methods::group(group)}</th>
                            </tr>
                            {rows}
                        </tbody>
                    }
                })
                .collect_view()
        })
    };
    let heads = text::COLUMNS
        .map(|head| view! { <th scope="col">{head}</th> })
        .into_iter()
        .collect_view();
    view! {
        <div class="strategy_table">
            <CountedModel id="table-model" wants_gpt2 />
            <div class="scroll" tabindex="0" role="region" aria-label=text::TABLE>
                <table data-testid="strategy-table">
                    <caption class="visually-hidden">{text::TABLE}</caption>
                    <thead>
                        <tr>{heads}</tr>
                    </thead>
                    {bodies}
                </table>
            </div>
            <p class="quiet">{text::TABLE_SETTINGS} " " <HonestyBadge origin=Origin::Worked /></p>
        </div>
    }
}

fn row(kind: StrategyKind, price: Price) -> impl IntoView {
    let (counts, words) = (price.counts, methods::words(kind));
    let memory = counts.gradient_bytes() + counts.optimizer_bytes();
    view! {
        <tr data-strategy=kind.name()>
            <th scope="row">{words.name} <span class="quiet">{words.moves}</span></th>
            <td>
                {number(counts.trainable as f64, format::count(counts.trainable))}
                <span class="quiet">{number(counts.share(), format::percent(counts.share()))}</span>
                <span class="share-bar" style=format!("--done: {}", counts.share()) aria-hidden="true"></span>
            </td>
            <td>{number(memory as f64, format::bytes(memory))}</td>
            <td>{number(price.saved_bytes as f64, format::bytes(price.saved_bytes))}</td>
        </tr>
    }
}
