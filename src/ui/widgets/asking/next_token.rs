//! What comes next? The model's own probabilities after a text; the same network untrained beside it.

use leptos::prelude::*;

use crate::protocol::{Probe, WeightsChoice, asks};
use crate::ui::controls::answered::Answered;
use crate::ui::controls::goal::Goal;
use crate::ui::controls::goes_on::{GoesOn, Wish};
use crate::ui::controls::honesty_badge::{HonestyBadge, Origin};
use crate::ui::controls::number::number;
use crate::ui::controls::text_field::TextField;
use crate::ui::page_context::{PageContext, use_page};
use crate::ui::state::{Answer, Slot, State, Status};
use crate::ui::text::format;
use crate::ui::text::{probes as text, widgets as words};
use crate::ui::widgets::Frame;

pub const FRAME: Frame = Frame::Wide;

/// The widget is a check of its own: a text after which one piece has more than this.
pub const CHECK: &str = "surer-than-half";
const SURE: f64 = 0.5;

/// The pre-trained model answers beside the same network untrained.
const TRAINED: Slot = Slot::Named("trained");
const UNTRAINED: Slot = Slot::Named("untrained");

/// Candidates shown.
const SHOWN: usize = 8;

#[component]
pub fn NextToken() -> impl IntoView {
    view! {
        <GoesOn wish=Wish::NextToken>
            <Asking />
        </GoesOn>
    }
}

#[component]
fn Asking() -> impl IntoView {
    let page = use_page();
    let typed = RwSignal::new(text::NEXT_TOKEN_START.to_string());
    let is_ready = page.watch(|state| state.is_idle() && state.goes_on_with_texts());
    // Asked once as soon as the model is there, then whenever the text has changed and is asked for.
    let wants = RwSignal::new(true);
    let is_running =
        page.watch(|state| matches!(state.status(), Status::Training | Status::Paused));
    Effect::new(move |_| {
        if wants.get() && is_ready.get() {
            wants.set(false);
            ask(page, &typed.get_untracked());
        }
    });
    let probe = page.watch(|state| trained(state).done().cloned());
    let is_sure = page.watch(|state| {
        let answer = trained(state);
        let next = answer.done().and_then(|probe| probe.next.first());
        next.is_some_and(|candidate| candidate.probability > SURE)
    });
    let append = Callback::new(move |token: String| {
        typed.update(|typed| typed.push_str(&token));
        wants.set(true);
    });
    view! {
        <form
            class="next_token"
            on:submit=move |event: leptos::ev::SubmitEvent| {
                event.prevent_default();
                wants.set(true);
            }
        >
            <TextField id="next-token-text" label=text::NEXT_TOKEN_LABEL rows=2 testid="probe-input" value=typed />
            <div class="buttons">
                <button class="primary" data-testid="probe">{text::NEXT_TOKEN_ASK}</button>
            </div>
            <p class="tokens" aria-label=text::TOKENS>
                {move || probe.get().map(|probe| chips(&probe))}
            </p>
            <p class="quiet">{text::LOOKS}</p>
            <Goal check=CHECK words=text::SURE_GOAL is_met=is_sure />
            <div class="pair">
                <Candidates
                    title=text::TRAINED
                    testid="next-trained"
                    answer=page.watch(trained)
                    append
                />
                <Candidates
                    title=text::UNTRAINED
                    testid="next-untrained"
                    answer=page.watch(|state| state.answers.get::<asks::Probe>(UNTRAINED))
                    append
                />
            </div>
            <p class="quiet" role="status">
                {move || is_running.get().then_some(words::GENERATE_WAIT_RUN)}
            </p>
        </form>
    }
}

fn ask(page: PageContext, words: &str) {
    for (slot, weights) in [
        (TRAINED, WeightsChoice::Base),
        (UNTRAINED, WeightsChoice::Random),
    ] {
        let text = words.to_string();
        page.client.ask_at(slot, asks::Probe { text, weights });
    }
}

fn trained(state: &State) -> Answer<Probe> {
    state.answers.get::<asks::Probe>(TRAINED)
}

/// One chip a token, coloured the more, the more the last one looks at it; a space is drawn, since it belongs to the token.
fn chips(probe: &Probe) -> impl IntoView + use<> {
    let looks = last_look(probe);
    let chips = probe.tokens.iter().zip(looks);
    chips
        .map(|(token, look)| {
            view! {
                <span
                    class="token"
                    style=format!("--look: {look}")
                    title=text::look(look)
                    data-value=look.to_string()
                >
                    {visible(token)}
                </span>
                " "
            }
        })
        .collect_view()
}

/// What the last token takes from each token in the last block, the mean over its heads.
fn last_look(probe: &Probe) -> Vec<f32> {
    let (heads, tokens) = (probe.heads, probe.tokens.len());
    let block = (probe.layers.saturating_sub(1)) * heads * tokens * tokens;
    let row = |head: usize| {
        let start = block + (head * tokens + tokens.saturating_sub(1)) * tokens;
        probe.attention.get(start..start + tokens)
    };
    let mut looks = vec![0.0; tokens];
    for row in (0..heads).filter_map(row) {
        for (look, part) in looks.iter_mut().zip(row) {
            *look += part / heads as f32;
        }
    }
    looks
}

pub fn visible(token: &str) -> String {
    token.replace(' ', "·").replace('\n', "↵")
}

#[component]
fn Candidates(
    title: &'static str,
    testid: &'static str,
    answer: Memo<Answer<Probe>>,
    append: Callback<String>,
) -> impl IntoView {
    let show = move |probe: &Probe| bars(probe, append).into_any();
    view! {
        <section data-testid=testid>
            <h3>{title}</h3>
            <Answered answer show />
        </section>
    }
}

fn bars(probe: &Probe, append: Callback<String>) -> impl IntoView + use<> {
    let most = probe.next.first().map_or(1.0, |first| first.probability);
    let rows: Vec<_> = probe
        .next
        .iter()
        .take(SHOWN)
        .map(|candidate| {
            let (token, probability) = (candidate.label.clone(), candidate.probability);
            let shown = visible(&token);
            let said = text::append(&shown);
            view! {
                <li style=format!("--done: {}", probability / most)>
                    <button type="button" title=said on:click=move |_| append.run(token.clone())>
                        <code>{shown}</code>
                    </button>
                    <span class="gauge" aria-hidden="true"></span>
                    {number(probability, format::percent(probability))}
                </li>
            }
        })
        .collect();
    view! {
        <ol class="candidates">{rows}</ol>
        <p class="origin"><HonestyBadge origin=Origin::Measured /></p>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_token_looks_with_the_mean_of_the_last_blocks_heads() {
        // One layer, two heads, two tokens: rows of queries.
        let probe = Probe {
            tokens: vec!["a".into(), "b".into()],
            attention: vec![1.0, 0.0, 0.2, 0.8, 1.0, 0.0, 0.6, 0.4],
            layers: 1,
            heads: 2,
            hidden_norms: Vec::new(),
            next: Vec::new(),
        };
        let looks = last_look(&probe);
        assert!((looks[0] - 0.4).abs() < 1e-6 && (looks[1] - 0.6).abs() < 1e-6);
    }

    #[test]
    fn the_lesson_counts_it_under_its_name() {
        let lessons = crate::lessons::LESSONS.iter();
        assert_eq!(
            lessons
                .filter(|lesson| lesson.checks.contains(&CHECK))
                .count(),
            1
        );
    }

    #[test]
    fn spaces_are_drawn() {
        assert_eq!(visible(" king\n"), "·king↵");
    }
}
