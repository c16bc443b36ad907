//! The language model asked for a word instead of trained: none, two or four solved examples first.

use std::sync::Arc;

use leptos::prelude::*;

use crate::protocol::{AskKind, DatasetInfo, PromptScores, Split, WeightsChoice, asks};
use crate::settings::Task;
use crate::ui::controls::goes_on::{GoesOn, Wish};
use crate::ui::controls::honesty_badge::{HonestyBadge, Origin};
use crate::ui::controls::number::number;
use crate::ui::controls::work_buttons::WorkButtons;
use crate::ui::page_context::use_page;
use crate::ui::state::{Answer, Slot};
use crate::ui::text::format;
use crate::ui::text::remedies as text;
use crate::ui::widgets::Frame;

pub const FRAME: Frame = Frame::InText;

const SHOTS: [usize; 3] = [0, 2, 4];
/// Texts asked about: about ten seconds on a CPU.
const MOST_EXAMPLES: usize = 200;
const SEED: u64 = 7;

#[component]
pub fn Prompting() -> impl IntoView {
    view! { <PromptTable split=Split::Test /> }
}

/// The same about any split of the data at hand.
#[component]
pub fn PromptTable(split: Split) -> impl IntoView {
    view! {
        <GoesOn wish=Wish::Prompt>
            <Asking split />
        </GoesOn>
    }
}

/// One for each split and number of examples.
fn slot(split: Split, shots: usize) -> Slot {
    Slot::Number(10 * split as usize + shots)
}

#[component]
fn Asking(split: Split) -> impl IntoView {
    let page = use_page();
    let can_ask = page.watch(|state| {
        let judges = |data: &DatasetInfo| data.task == Task::SequenceClassification;
        state.can_start_run() && state.dataset.as_deref().is_some_and(judges)
    });
    let answer = page.watch(move |state| {
        let newest = state.answers.newest::<asks::ScorePrompts>();
        match newest.done().is_some_and(|scores| scores.split != split) {
            true => Answer::Idle,
            false => newest,
        }
    });
    let rows = page.watch(move |state| {
        let mut rows = state.answers.all::<asks::ScorePrompts>();
        rows.retain(|scores| scores.split == split);
        rows
    });
    let buttons = SHOTS
        .map(|shots| {
            let ask = move |_| {
                let ask = asks::ScorePrompts {
                    split,
                    shots,
                    most_examples: MOST_EXAMPLES,
                    seed: SEED,
                    weights: WeightsChoice::Base,
                };
                page.client.ask_at(slot(split, shots), ask);
            };
            view! {
                <button
                    type="button"
                    data-testid=format!("ask-{shots}")
                    disabled=move || !can_ask.get() || answer.with(Answer::is_going)
                    on:click=ask
                >
                    {text::PROMPT_ASK} ": " {shots}
                </button>
            }
        })
        .into_iter()
        .collect_view();
    let status = move || match answer.get() {
        Answer::Going => text::PROMPT_GOING.to_string(),
        Answer::Failed(error) => error.to_string(),
        Answer::Idle => text::PROMPT_EMPTY.to_string(),
        Answer::Done(_) => String::new(),
    };
    view! {
        <div class="prompting">
            <p class="field-label">{text::PROMPT_SHOTS}</p>
            <div class="buttons">
                {buttons} <WorkButtons kind=AskKind::ScorePrompts name="prompting" />
            </div>
            <p class="empty" role="status">{status}</p>
            {move || {
                let rows = rows.get();
                (!rows.is_empty()).then(|| table(&rows))
            }}
            {move || answer.with(|answer| answer.done().map(|scores| one(scores)))}
        </div>
    }
}

fn table(rows: &[Arc<PromptScores>]) -> impl IntoView + use<> {
    let heads = text::PROMPT_COLUMNS
        .map(|name| view! { <th scope="col">{name}</th> })
        .into_iter()
        .collect_view();
    let asked = rows.first().map(|row| text::prompt_asked(row));
    let rows: Vec<_> = rows
        .iter()
        .map(|row| {
            view! {
                <tr data-testid="prompt-row" data-shots=row.shots.to_string()>
                    <th scope="row">{row.shots}</th>
                    <td>{number(row.accuracy, format::percent(row.accuracy))}</td>
                    <td>{number(row.calibrated_accuracy, format::percent(row.calibrated_accuracy))}</td>
                    <td>{row.longest_tokens}</td>
                </tr>
            }
        })
        .collect();
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label=text::PROMPT_SHOTS>
            <table>
                <thead><tr>{heads}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        <p class="origin quiet">
            {asked} " " <HonestyBadge origin=Origin::Measured />
        </p>
    }
}

fn one(scores: &PromptScores) -> impl IntoView + use<> {
    view! {
        <details class="continued">
            <summary>{text::PROMPT_ONE}</summary>
            <pre class="prompt-text">{scores.prompt.clone()}</pre>
        </details>
        <p class="quiet">{text::prompt_room(scores.longest_tokens, scores.context)}</p>
    }
}
