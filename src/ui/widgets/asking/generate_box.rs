//! A prompt, and what the model makes of it; with a model that goes on with no text, why there is none.

use leptos::prelude::*;

use crate::protocol::{AskKind, WeightsChoice, asks};
use crate::settings::Sampling;
use crate::ui::controls::goes_on::{GoesOn, Wish};
use crate::ui::controls::slider::Slider;
use crate::ui::controls::text_field::TextField;
use crate::ui::controls::work_buttons::WorkButtons;
use crate::ui::page_context::use_page;
use crate::ui::state::{Generation, State, Status};
use crate::ui::text::widgets as text;
use crate::ui::widgets::Frame;

pub const FRAME: Frame = Frame::InText;

const NEW_TOKENS: usize = 60;
const TOP_P: f64 = 0.95;

/// With `offer_tuned`, a finished run's weights can be chosen.
#[component]
pub fn GenerateBox(#[prop(optional)] offer_tuned: bool) -> impl IntoView {
    view! {
        <GoesOn wish=Wish::Continue>
            <PromptForm offer_tuned />
        </GoesOn>
    }
}

#[component]
fn PromptForm(offer_tuned: bool) -> impl IntoView {
    let page = use_page();
    let prompt = RwSignal::new(text::PROMPT_DEFAULT.to_string());
    let temperature = RwSignal::new(0.8);
    // Each press draws anew; counting makes the draws repeatable.
    let presses = RwSignal::new(0_u64);
    let is_queued = RwSignal::new(false);
    let wants_tuned = RwSignal::new(false);
    let has_tuned = page.watch(move |state| offer_tuned && state.has_result());
    let is_ready = page.watch(|state| state.is_idle() && state.model.is_some());
    let is_running =
        page.watch(|state| matches!(state.status(), Status::Training | Status::Paused));
    let is_going = page.watch(|state| matches!(state.generation, Generation::Going { .. }));
    Effect::new(move |_| {
        if is_queued.get() && is_ready.get() {
            is_queued.set(false);
            presses.update(|presses| *presses += 1);
            let (temperature, seed) = (temperature.get_untracked(), presses.get_untracked());
            page.client.ask(asks::Generate {
                prompt: prompt.get_untracked(),
                max_new_tokens: NEW_TOKENS,
                sampling: sampling(temperature, seed),
                weights: match wants_tuned.get_untracked() && has_tuned.get_untracked() {
                    true => WeightsChoice::Tuned,
                    false => WeightsChoice::Base,
                },
            });
        }
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        is_queued.set(true);
    };
    let is_blank = move || prompt.with(|prompt| prompt.trim().is_empty());
    let is_blocked = move || is_running.get() || is_going.get() || is_blank();
    let hint = move || {
        if is_running.get() {
            text::GENERATE_WAIT_RUN
        } else if is_blank() {
            text::GENERATE_BLANK
        } else if is_queued.get() {
            text::GENERATE_QUEUED
        } else {
            ""
        }
    };
    view! {
        <form class="generate_box" on:submit=submit>
            <TextField id="prompt" label=text::PROMPT rows=2 testid="prompt-input" value=prompt />
            <div class="buttons">
                <button class="primary" data-testid="generate" disabled=is_blocked>
                    {text::GENERATE}
                </button>
                <WorkButtons kind=AskKind::Generate name="generate" />
                <Slider
                    id="temperature"
                    label=text::DARING
                    word="temperature"
                    value=temperature
                    min=0.0
                    max=1.5
                    step=0.1
                    words=Signal::derive(move || text::temperature(temperature.get()))
                    on_slide=move |value| temperature.set(value)
                />
            </div>
            <label class="choice" hidden=move || !has_tuned.get()>
                <input
                    type="checkbox"
                    prop:checked=wants_tuned
                    on:change=move |event| wants_tuned.set(event_target_checked(&event))
                />
                <span>{text::GENERATE_TUNED}</span>
            </label>
            <p class="quiet" role="status">{hint}</p>
            <Continuation />
        </form>
    }
}

fn sampling(temperature: f64, seed: u64) -> Sampling {
    if temperature == 0.0 {
        return Sampling::Greedy;
    }
    Sampling::Draw {
        temperature,
        top_k: 0,
        top_p: TOP_P,
        seed,
    }
}

#[component]
fn Continuation() -> impl IntoView {
    let page = use_page();
    let prompt = page.watch(|state| parts(state).0);
    let continuation = page.watch(|state| parts(state).1);
    let state_name = page.watch(|state| match state.generation {
        Generation::Idle => "idle",
        Generation::Going { .. } => "going",
        Generation::Cancelled { .. } => "cancelled",
        Generation::Done(_) => "done",
        Generation::Failed(_) => "failed",
    });
    let took = page.watch(|state| match &state.generation {
        Generation::Done(found) => text::generated(found.tokens, found.millis),
        Generation::Cancelled { .. } => text::GENERATE_CANCELLED.to_string(),
        Generation::Failed(error) => error.to_string(),
        Generation::Idle | Generation::Going { .. } => String::new(),
    });
    let is_empty = move || prompt.with(String::is_empty) && continuation.with(String::is_empty);
    view! {
        <div class="story" data-state=state_name>
            <p class="empty" hidden=move || !is_empty()>{text::GENERATE_EMPTY}</p>
            <p class="text">
                <span class="prompt">{prompt}</span>
                <span data-testid="generated-text" data-state=state_name>{continuation}</span>
            </p>
            <p class="quiet">{took}</p>
        </div>
    }
}

/// The prompt that was asked, and what has come so far.
fn parts(state: &State) -> (String, String) {
    match &state.generation {
        Generation::Idle | Generation::Failed(_) => Default::default(),
        Generation::Going { prompt, text } | Generation::Cancelled { prompt, text } => {
            (prompt.clone(), text.clone())
        }
        Generation::Done(found) => {
            let (prompt, text) = (&found.prompt, &found.text);
            let continuation = text.strip_prefix(prompt.as_str()).unwrap_or(text);
            (prompt.clone(), continuation.to_string())
        }
    }
}
