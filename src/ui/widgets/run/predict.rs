//! A guess before the run; afterwards the result stands beside it.

use leptos::prelude::*;

use crate::protocol::Split;
use crate::ui::controls::honesty_badge::{HonestyBadge, Origin};
use crate::ui::controls::slider::Slider;
use crate::ui::learner::guess::compare;
use crate::ui::page_context::use_page;
use crate::ui::text::format;
use crate::ui::text::widgets as text;
use crate::ui::widgets::Frame;

pub const FRAME: Frame = Frame::InText;

#[component]
pub fn Predict() -> impl IntoView {
    let page = use_page();
    let guess = page.guess;
    let share = Signal::derive(move || guess.with(|guess| guess.share));
    let accuracy = Signal::derive(move || guess.with(|guess| guess.accuracy));
    let is_locked = Signal::derive(move || guess.with(|guess| guess.is_locked));
    let measured = page.watch(|state| {
        let run = state.run.as_ref();
        let share = run.and_then(|run| run.trainable_share());
        let after = run.and_then(|run| run.scores_after(Split::Test));
        (share, after.map(|scores| scores.accuracy))
    });
    let baselines = Signal::derive(move || {
        page.draft
            .with(|draft| text::baselines(draft.dataset.name()))
    });
    let invitation = move || match guess.get() {
        guess if guess.is_locked && guess.share.is_none() && guess.accuracy.is_none() => {
            text::GUESS_SKIPPED
        }
        guess if guess.is_locked => text::GUESS_LOCKED,
        guess if guess.share.is_some() && guess.accuracy.is_some() => text::GUESS_READY,
        _ => text::GUESS_INVITE,
    };
    view! {
        <div class="predict" data-testid="predict">
            <Slider
                id="guess-share"
                label=text::GUESS_SHARE
                value=Signal::derive(move || share.get().unwrap_or(0.5) * 100.0)
                min=0.0
                max=100.0
                step=1.0
                words=Signal::derive(move || words(share.get()))
                on_slide=move |percent| guess.update(|guess| guess.share = Some(percent / 100.0))
                disabled=is_locked
            />
            <Outcome guess=share measured=Signal::derive(move || measured.get().0) close=0.01 />
            <Slider
                id="guess-accuracy"
                label=text::GUESS_ACCURACY
                value=Signal::derive(move || accuracy.get().unwrap_or(0.5) * 100.0)
                min=0.0
                max=100.0
                step=1.0
                words=Signal::derive(move || words(accuracy.get()))
                on_slide=move |percent| guess.update(|guess| guess.accuracy = Some(percent / 100.0))
                disabled=is_locked
            />
            <Outcome
                guess=accuracy
                measured=Signal::derive(move || measured.get().1)
                close=0.03
                baselines
            />
            <p class="quiet" role="status">{invitation}</p>
        </div>
    }
}

fn words(guess: Option<f64>) -> String {
    guess.map_or_else(|| text::GUESS_NONE.to_string(), whole_percent)
}

fn whole_percent(share: f64) -> String {
    format!("{:.0}%", share * 100.0)
}

/// The guess and the measured value on one line, as soon as there is one.
#[component]
fn Outcome(
    guess: Signal<Option<f64>>,
    measured: Signal<Option<f64>>,
    close: f64,
    /// To compare with: a share and what reaches it.
    #[prop(optional, into)]
    baselines: Signal<&'static [(f64, &'static str)]>,
) -> impl IntoView {
    move || {
        let baselines = baselines.get();
        let lines = baselines
            .iter()
            .map(|(share, name)| view! { <span class="mark baseline" style=at(*share) title=*name></span> })
            .collect_view();
        let named = baselines
            .iter()
            .map(|(share, name)| format!("{name}, {}", format::percent(*share)))
            .collect::<Vec<_>>()
            .join("; ");
        measured.get().map(|measured| {
            let words = guess.get().map(|guess| text::gap(compare(guess, measured, close)));
            let mark = guess
                .get()
                .map(|guess| view! { <span class="mark guess" style=at(guess) title=text::GUESS_YOURS></span> });
            view! {
                <div class="outcome">
                    <div class="track" aria-hidden="true">
                        {lines}
                        <span class="mark measured" style=at(measured)></span>
                        {mark}
                    </div>
                    <p data-value=measured.to_string()>
                        {text::GUESS_MEASURED}
                        " "
                        <b>{format::percent(measured)}</b>
                        {words.map(|words| format!(", {words}"))}
                        " "
                        <HonestyBadge origin=Origin::Measured />
                    </p>
                    {(!named.is_empty()).then(|| view! { <p class="quiet">{text::BASELINES_ARE} " " {named} "."</p> })}
                </div>
            }
        })
    }
}

fn at(share: f64) -> String {
    format!("--at: {share}")
}
