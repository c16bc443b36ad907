//! The fine-tuning loss on one real example, step by step.

use leptos::prelude::*;

use crate::protocol::{AskKind, ExampleStep, asks};
use crate::ui::controls::answered::Answered;
use crate::ui::controls::honesty_badge::{HonestyBadge, Origin};
use crate::ui::controls::number::number;
use crate::ui::controls::slider::Slider;
use crate::ui::controls::work_buttons::WorkButtons;
use crate::ui::page_context::use_page;
use crate::ui::state::{Answer, State};
use crate::ui::text::format;
use crate::ui::text::probes as text;
use crate::ui::widgets::Frame;

pub const FRAME: Frame = Frame::Wide;

const STEPS: usize = 8;
/// Powers of ten between which the rate can be chosen.
const RATES: (f64, f64) = (-5.0, -2.0);

#[component]
pub fn ExampleSteps() -> impl IntoView {
    let page = use_page();
    let chosen = RwSignal::new(0_usize);
    let power = RwSignal::new(-3.5_f64);
    let rate = Memo::new(move |_| rounded(10_f64.powf(power.get())));
    let examples = page.watch(|state| state.dataset.as_ref().map(|data| data.examples.clone()));
    let example = Memo::new(move |_| examples.with(|all| all.as_ref()?.get(chosen.get()).cloned()));
    let can_ask = page.watch(State::can_start_run);
    let ask = move |_| {
        let Some(example) = example.get_untracked() else {
            return;
        };
        let label = page.state.with_untracked(|state| {
            let labels = state.dataset.as_ref().map(|data| data.labels.clone())?;
            labels.iter().position(|label| *label == example.label)
        });
        page.client.ask(asks::TrainOnExample {
            text: example.text,
            label: label.unwrap_or_default(),
            steps: STEPS,
            learning_rate: rate.get_untracked(),
        });
    };
    let options = move || {
        let all = examples.get().unwrap_or_default();
        all.into_iter()
            .enumerate()
            .map(|(index, example)| view! { <option value=index.to_string()>{example.text}</option> })
            .collect_view()
    };
    let choose = move |event| {
        if let Ok(index) = event_target_value(&event).parse() {
            chosen.set(index);
        }
    };
    let answer = page.watch(|state| state.answer::<asks::TrainOnExample>());
    let show = |rows: &Vec<ExampleStep>| table(rows).into_any();
    view! {
        <div class="example_steps">
            <div class="field">
                <label for="example-choice">{text::EXAMPLE}</label>
                <select id="example-choice" on:change=choose>{options}</select>
            </div>
            <blockquote class="example">
                {move || example.get().map(|example| example.text)}
                <footer>{move || example.get().map(|example| text::true_label(&example.label))}</footer>
            </blockquote>
            <div class="buttons">
                <button
                    type="button"
                    class="primary"
                    data-testid="example-run"
                    disabled=move || !can_ask.get() || answer.with(Answer::is_going)
                    on:click=ask
                >
                    {text::EXAMPLE_STEPS}
                </button>
                <WorkButtons kind=AskKind::TrainOnExample name="example" />
                <Slider
                    id="example-rate"
                    label=text::EXAMPLE_RATE
                    word="learning-rate"
                    value=power
                    min=RATES.0
                    max=RATES.1
                    step=0.25
                    words=Signal::derive(move || format::rate(rate.get()))
                    on_slide=move |value| power.set(value)
                />
            </div>
            <Answered
                answer
                show
                empty=text::EXAMPLE_EMPTY
            />
        </div>
    }
}

/// One digit, so that the number on the page is the number that is used.
fn rounded(rate: f64) -> f64 {
    format!("{rate:.0e}").parse().unwrap_or(rate)
}

fn table(rows: &[ExampleStep]) -> impl IntoView + use<> {
    let heads = text::EXAMPLE_COLUMNS
        .map(|name| view! { <th scope="col">{name}</th> })
        .into_iter()
        .collect_view();
    let rows: Vec<_> = rows
        .iter()
        .enumerate()
        .map(|(step, row)| {
            let moved = f64::from(row.update_norm / row.weight_norm.max(f32::MIN_POSITIVE));
            let gradient = row
                .gradient_norm
                .map(|norm| number(norm.into(), format::plain(norm.into(), 2)));
            view! {
                <tr>
                    <th scope="row">{step}</th>
                    <td>{number(row.probability, format::percent(row.probability))}</td>
                    <td>{number(row.loss_nats, format::loss(row.loss_nats))}</td>
                    <td>{gradient}</td>
                    <td>{number(moved, format::percent(moved))}</td>
                </tr>
            }
        })
        .collect();
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label=text::EXAMPLE_STEPS>
            <table data-testid="example-table">
                <thead><tr>{heads}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        <p class="origin"><HonestyBadge origin=Origin::Measured /></p>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_that_is_shown_is_the_rate_that_is_used() {
        assert_eq!(rounded(10_f64.powf(-3.5)), 3e-4);
        assert_eq!(rounded(1e-2), 1e-2);
    }
}
