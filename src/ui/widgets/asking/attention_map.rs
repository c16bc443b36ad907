//! What each token of a text looks at, head by head, in an encoder and in a decoder, with the mask switched.

use std::sync::Arc;

use leptos::prelude::*;

use crate::protocol::{AttentionReport, Reader, asks};
use crate::ui::charts::attention::AttentionGrid;
use crate::ui::controls::encoder_line::{EncoderLine, can_ask_both, want_encoder};
use crate::ui::controls::honesty_badge::{HonestyBadge, Origin};
use crate::ui::controls::text_field::TextField;
use crate::ui::page_context::use_page;
use crate::ui::state::{Answer, Status};
use crate::ui::text::{encoder as text, widgets as words};
use crate::ui::widgets::Frame;

pub const FRAME: Frame = Frame::Wide;

const READERS: [Reader; 2] = [Reader::Encoder, Reader::Decoder];

#[component]
pub fn AttentionMap() -> impl IntoView {
    let page = use_page();
    want_encoder(page);
    let typed = RwSignal::new(text::ATTENTION_START.to_string());
    let reader = RwSignal::new(Reader::Encoder);
    let causal = RwSignal::new(false);
    let (layer, head) = (RwSignal::new(0_usize), RwSignal::new(0_usize));
    let wants = RwSignal::new(true);
    let is_ready = can_ask_both(page);
    Effect::new(move |_| {
        if wants.get() && is_ready.get() {
            wants.set(false);
            page.client.ask(asks::Attend {
                text: typed.get_untracked(),
                model: reader.get_untracked(),
                causal: causal.get_untracked(),
            });
        }
    });
    // Another base looks at a text in another way.
    let base = page.watch(|state| state.model.as_ref().map(|model| model.name.clone()));
    Effect::new(move |was: Option<Option<String>>| {
        let now = base.get();
        if was.is_some_and(|was| was != now) && reader.get_untracked() == Reader::Decoder {
            wants.set(true);
        }
        now
    });
    let answer = page.watch(|state| state.answer::<asks::Attend>());
    let report = last_report(answer);
    let layers = move || count(report, |report| report.layers);
    let heads = move || count(report, |report| report.heads);
    let is_running =
        page.watch(|state| matches!(state.status(), Status::Training | Status::Paused));
    let choose_reader = move |event| {
        let chosen = match event_target_value(&event).as_str() {
            "0" => Reader::Encoder,
            _ => Reader::Decoder,
        };
        reader.set(chosen);
        causal.set(chosen == Reader::Decoder);
        wants.set(true);
    };
    // Another BERT as the base is no decoder.
    let has_decoder = page.watch(|state| state.model.is_none() || state.goes_on_with_texts());
    Effect::new(move |_| {
        if !has_decoder.get() && reader.get_untracked() == Reader::Decoder {
            reader.set(Reader::Encoder);
            causal.set(false);
            wants.set(true);
        }
    });
    let readers = READERS.into_iter().enumerate().map(|(index, choice)| {
        let is_off = move || choice == Reader::Decoder && !has_decoder.get();
        view! {
            <option
                value=index.to_string()
                disabled=is_off
                selected=move || reader.get() == choice
            >
                {text::reader(choice)}
            </option>
        }
    });
    let switch = move |event| {
        causal.set(event_target_checked(&event));
        wants.set(true);
    };
    view! {
        <form
            class="attention_map"
            on:submit=move |event: leptos::ev::SubmitEvent| {
                event.prevent_default();
                wants.set(true);
            }
        >
            <TextField id="attention-text" label=text::ATTENTION_LABEL rows=2 testid="attention-input" value=typed />
            <div class="buttons">
                <div class="field">
                    <label for="attention-reader">{text::READER}</label>
                    <select id="attention-reader" data-testid="attention-reader" on:change=choose_reader>
                        {readers.collect_view()}
                    </select>
                </div>
                <Picker name=text::LAYER testid="attention-layer" chosen=layer count=layers />
                <Picker name=text::HEAD testid="attention-head" chosen=head count=heads />
                <button class="primary" data-testid="attend">{text::ATTENTION_ASK}</button>
            </div>
            <label class="choice">
                <input
                    type="checkbox"
                    data-testid="attention-causal"
                    prop:checked=causal
                    on:change=switch
                />
                <span>{text::CAUSAL}</span>
            </label>
            <p class="quiet">{move || text::mask_note(reader.get(), causal.get())}</p>
            <EncoderLine />
            {move || drawing(report.get(), layer.get(), head.get())}
            <p class="empty" role="status">
                {move || is_running.get().then_some(words::GENERATE_WAIT_RUN)}
                {move || trouble(&answer.get())}
            </p>
        </form>
    }
}

/// The newest report; it stays while the next one is on its way.
fn last_report(answer: Memo<Answer<AttentionReport>>) -> Memo<Option<Arc<AttentionReport>>> {
    Memo::new(
        move |earlier: Option<&Option<Arc<AttentionReport>>>| match answer.get() {
            Answer::Done(report) => Some(report),
            Answer::Going => earlier.cloned().flatten(),
            Answer::Failed(_) | Answer::Idle => None,
        },
    )
}

fn count(report: Memo<Option<Arc<AttentionReport>>>, of: fn(&AttentionReport) -> usize) -> usize {
    report.with(|report| report.as_deref().map_or(1, of))
}

fn trouble(answer: &Answer<AttentionReport>) -> Option<String> {
    match answer {
        Answer::Failed(error) => Some(error.to_string()),
        Answer::Idle => Some(text::EMPTY.to_string()),
        Answer::Done(_) | Answer::Going => None,
    }
}

/// A number from 1; what is chosen stays, where the next model has as many.
#[component]
fn Picker(
    name: &'static str,
    testid: &'static str,
    chosen: RwSignal<usize>,
    count: impl Fn() -> usize + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let count = Memo::new(move |_| count());
    Effect::new(move |_| {
        if chosen.get_untracked() >= count.get() {
            chosen.set(0);
        }
    });
    let options = move || {
        (0..count.get())
            .map(|index| {
                let is_chosen = move || chosen.get() == index;
                view! { <option value=index.to_string() selected=is_chosen>{index + 1}</option> }
            })
            .collect_view()
    };
    let choose = move |event| {
        if let Ok(index) = event_target_value(&event).parse() {
            chosen.set(index);
        }
    };
    view! {
        <div class="field">
            <label for=testid>{name}</label>
            <select id=testid data-testid=testid on:change=choose>{options}</select>
        </div>
    }
}

fn drawing(report: Option<Arc<AttentionReport>>, layer: usize, head: usize) -> Option<AnyView> {
    let report = report?;
    let values = report.map(layer, head).to_vec();
    let tokens = report.tokens.clone();
    let title = text::map_title(layer + 1, head + 1);
    (!values.is_empty()).then(|| {
        view! {
            <AttentionGrid title tokens values />
            <p class="origin"><HonestyBadge origin=Origin::Measured /></p>
        }
        .into_any()
    })
}
