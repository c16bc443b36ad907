//! One blank, two readers: mini-BERT sees both sides of it, GPT-2 only what stands before.

use leptos::prelude::*;

use crate::protocol::{LabelProbability, MaskGuess, Probe, WeightsChoice, asks};
use crate::ui::controls::answered::Answered;
use crate::ui::controls::encoder_line::{EncoderLine, can_ask_both, want_encoder};
use crate::ui::controls::goal::Goal;
use crate::ui::controls::goes_on::{GoesOn, Wish};
use crate::ui::controls::honesty_badge::{HonestyBadge, Origin};
use crate::ui::controls::number::number;
use crate::ui::controls::text_field::TextField;
use crate::ui::page_context::{PageContext, use_page};
use crate::ui::state::{Slot, State, Status};
use crate::ui::text::format;
use crate::ui::text::{encoder as text, widgets as words};
use crate::ui::widgets::Frame;
use crate::ui::widgets::asking::next_token::visible;

pub const FRAME: Frame = Frame::Wide;

/// The widget is a check of its own: a blank that BERT fills with more than this, and GPT-2 otherwise.
pub const CHECK: &str = "both-sides-count";
const SURE: f64 = 0.6;

/// What the base would say before a blank.
const BLANK: Slot = Slot::Named("blank");

/// Candidates shown.
const SHOWN: usize = 6;

#[component]
pub fn FillMask() -> impl IntoView {
    let page = use_page();
    want_encoder(page);
    let typed = RwSignal::new(text::SENTENCES[0].to_string());
    let asked = RwSignal::new(text::SENTENCES[0].to_string());
    // Asked once as soon as both models are there, then whenever a sentence is chosen or sent.
    let wants = RwSignal::new(true);
    let is_ready = can_ask_both(page);
    Effect::new(move |_| {
        if wants.get() && is_ready.get() {
            wants.set(false);
            asked.set(typed.get_untracked());
            ask(page, &typed.get_untracked());
        }
    });
    let is_running =
        page.watch(|state| matches!(state.status(), Status::Training | Status::Paused));
    let before = move || match before_blank(&asked.get()) {
        "" => text::NOTHING_BEFORE.to_string(),
        words => words.to_string(),
    };
    let choose = Callback::new(move |sentence: &'static str| {
        typed.set(sentence.to_string());
        wants.set(true);
    });
    let is_met = page.watch(|state| {
        let masks = state.answer::<asks::FillMask>();
        let blank = state.answers.get::<asks::Probe>(BLANK);
        masks
            .done()
            .zip(blank.done())
            .is_some_and(|(masks, blank)| sees_more(masks, blank))
    });
    let masks = |masks: &Vec<MaskGuess>| by_encoder(masks);
    let blank = |probe: &Probe| bars(&probe.next).into_any();
    view! {
        <form
            class="fill_mask"
            on:submit=move |event: leptos::ev::SubmitEvent| {
                event.prevent_default();
                wants.set(true);
            }
        >
            <Sentences typed choose />
            <TextField id="fill-mask-text" label=text::FILL_LABEL rows=2 testid="fill-input" value=typed />
            <div class="buttons">
                <button class="primary" data-testid="fill">{text::FILL_ASK}</button>
            </div>
            <EncoderLine />
            <div class="pair">
                <section data-testid="fill-encoder">
                    <h3>{text::BY_ENCODER}</h3>
                    <p class="read">{text::READS_ALL} " " <q>{asked}</q></p>
                    <Answered
                        answer=page.watch(|state| state.answer::<asks::FillMask>())
                        show=masks
                        empty=text::WAITING
                    />
                </section>
                <section data-testid="fill-decoder">
                    <h3>{text::BY_DECODER}</h3>
                    <GoesOn wish=Wish::Blank>
                        <p class="read">{text::READS_BEFORE} " " <q>{before}</q></p>
                        <Answered
                            answer=page.watch(|state| state.answers.get::<asks::Probe>(BLANK))
                            show=blank
                            empty=text::WAITING
                        />
                    </GoesOn>
                </section>
            </div>
            <Goal check=CHECK words=text::FILL_GOAL is_met />
            <p class="origin"><HonestyBadge origin=Origin::Measured /></p>
            <p class="quiet" role="status">
                {move || is_running.get().then_some(words::GENERATE_WAIT_RUN)}
            </p>
        </form>
    }
}

/// Whether BERT is sure of the first blank, and GPT-2 would say something else there.
fn sees_more(masks: &[MaskGuess], blank: &Probe) -> bool {
    let by_encoder = masks.first().and_then(|mask| mask.candidates.first());
    let by_decoder = blank.next.first();
    by_encoder
        .zip(by_decoder)
        .is_some_and(|(encoder, decoder)| {
            encoder.probability > SURE && encoder.label.trim() != decoder.label.trim()
        })
}

/// GPT-2's answer has a slot of its own, beside those of the lessons' other questions for the next token.
fn ask(page: PageContext, sentence: &str) {
    let words = before_blank(sentence).to_string();
    page.client.ask(asks::FillMask {
        text: sentence.to_string(),
    });
    if !page.state.with_untracked(State::goes_on_with_texts) {
        return;
    }
    let probe = asks::Probe {
        text: words,
        weights: WeightsChoice::Base,
    };
    page.client.ask_at(BLANK, probe);
}

/// What stands before the first blank, without the space that belongs to the missing word.
fn before_blank(sentence: &str) -> &str {
    sentence.split(text::MASK).next().unwrap_or("").trim_end()
}

#[component]
fn Sentences(typed: RwSignal<String>, choose: Callback<&'static str>) -> impl IntoView {
    let buttons: Vec<_> = text::SENTENCES
        .into_iter()
        .map(|sentence| {
            let is_chosen = move || typed.with(|typed| typed == sentence).to_string();
            view! {
                <button type="button" aria-pressed=is_chosen on:click=move |_| choose.run(sentence)>
                    {sentence}
                </button>
            }
        })
        .collect();
    view! {
        <div class="sentences" role="group" aria-label=text::FILL_PRESETS>
            {buttons}
        </div>
    }
}

fn by_encoder(masks: &[MaskGuess]) -> AnyView {
    let has_many = masks.len() > 1;
    let list: Vec<_> = masks
        .iter()
        .enumerate()
        .map(|(index, mask)| {
            let title = has_many.then(|| view! { <h4>{text::blank(index + 1)}</h4> });
            view! {
                {title}
                {bars(&mask.candidates)}
            }
        })
        .collect();
    list.into_any()
}

fn bars(candidates: &[LabelProbability]) -> impl IntoView + use<> {
    let most = candidates.first().map_or(1.0, |first| first.probability);
    let rows: Vec<_> = candidates
        .iter()
        .take(SHOWN)
        .map(|candidate| {
            let share = candidate.probability;
            view! {
                <li style=format!("--done: {}", share / most)>
                    <code>{visible(&candidate.label)}</code>
                    <span class="gauge" aria-hidden="true"></span>
                    {number(share, format::percent(share))}
                </li>
            }
        })
        .collect();
    view! { <ol class="candidates">{rows}</ol> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_decoder_reads_up_to_the_blank() {
        assert_eq!(before_blank("They put [MASK] hat on."), "They put");
        assert_eq!(before_blank("[MASK] came."), "");
        assert_eq!(before_blank("No blank"), "No blank");
    }
}
