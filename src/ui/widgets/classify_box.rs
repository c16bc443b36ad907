//! A review of the learner's own, judged by the tuned model.

use leptos::prelude::*;

use crate::protocol::{Command, LabelProbability};
use crate::ui::desk::use_desk;
use crate::ui::format;
use crate::ui::state::Classification;
use crate::ui::text::widgets as text;

#[component]
pub fn ClassifyBox() -> impl IntoView {
    let desk = use_desk();
    let review = RwSignal::new(String::new());
    let has_run = desk.watch(|state| {
        state
            .run
            .as_ref()
            .is_some_and(|run| run.summary().is_some())
    });
    let is_idle = desk.watch(|state| state.is_idle());
    let answer = desk.watch(|state| state.classification.clone());
    let can_ask = move || {
        has_run.get()
            && is_idle.get()
            && answer.get() != Classification::Going
            && !review.with(|review| review.trim().is_empty())
    };
    let ask = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if can_ask() {
            let text = review.get();
            desk.client.send(Command::Classify { text });
        }
    };
    view! {
        <form class="classify_box" on:submit=ask>
            <label for="review">{text::REVIEW}</label>
            <textarea
                id="review"
                rows="3"
                data-testid="classify-input"
                prop:value=review
                on:input=move |event| review.set(event_target_value(&event))
            ></textarea>
            <div class="buttons">
                <button class="primary" data-testid="classify" disabled=move || !can_ask()>
                    {text::CLASSIFY}
                </button>
                <span class="quiet">
                    {move || (!has_run.get()).then_some(text::CLASSIFY_NEEDS_RUN)}
                </span>
            </div>
            <div class="classified" data-testid="classified" aria-live="polite">
                {move || shown(answer.get())}
            </div>
        </form>
    }
}

fn shown(answer: Classification) -> AnyView {
    match answer {
        Classification::Idle => ().into_any(),
        Classification::Going => view! { <p class="quiet">{text::CLASSIFY_GOING}</p> }.into_any(),
        Classification::Failed(error) => view! { <p class="empty">{error.message}</p> }.into_any(),
        Classification::Done {
            label,
            probabilities,
        } => {
            let sure = probabilities
                .iter()
                .find(|entry| entry.label == label)
                .map_or(0.0, |entry| entry.probability);
            let bars: Vec<_> = probabilities.into_iter().map(bar).collect();
            view! {
                <p class="verdict">{text::verdict(&label, sure)}</p>
                <ul class="bars">{bars}</ul>
            }
            .into_any()
        }
    }
}

fn bar(entry: LabelProbability) -> impl IntoView {
    view! {
        <li data-value=entry.probability.to_string()>
            <span>{entry.label}</span>
            <span class="gauge" style=format!("--done: {}", entry.probability) aria-hidden="true"></span>
            <span class="number">{format::percent(entry.probability)}</span>
        </li>
    }
}
