//! What the run changed: the score, and the way the model goes on with a text.

use leptos::prelude::*;

use crate::protocol::Scores;
use crate::ui::controls::honesty_badge::{HonestyBadge, Origin};
use crate::ui::controls::number::number;
use crate::ui::page_context::use_page;
use crate::ui::text::run;
use crate::ui::text::run::sample_prompt;
use crate::ui::text::widgets as text;
use crate::ui::widgets::Frame;

pub const FRAME: Frame = Frame::Wide;

#[component]
pub fn BeforeAfter() -> impl IntoView {
    let page = use_page();
    let split = page.shown_split();
    let scores = page.watch(move |state| {
        let (run, split) = (state.run.as_ref(), split.get());
        run.map(|run| (run.scores_before(split), run.scores_after(split)))
    });
    let samples = page.watch(|state| {
        let run = state.run.as_ref();
        run.map(|run| {
            let prompt = sample_prompt(&run.learnt.dataset);
            (prompt, run.sample_before.clone(), run.sample_after.clone())
        })
    });
    move || {
        let (Some((before, after)), Some((prompt, text_before, text_after))) =
            (scores.get(), samples.get())
        else {
            return view! { <p class="empty">{text::NO_RUN_YET}</p> }.into_any();
        };
        view! {
            <div class="before_after">
                {side(text::BEFORE, "before", before, text_before.map(|sample| continued(prompt, &sample)))}
                {side(text::AFTER, "after", after, text_after.map(|sample| continued(prompt, &sample)))}
                <p class="origin"><HonestyBadge origin=Origin::Measured /></p>
            </div>
        }
        .into_any()
    }
}

fn side(
    title: &'static str,
    class: &'static str,
    scores: Option<Scores>,
    sample: Option<impl IntoView>,
) -> impl IntoView {
    view! {
        <section class=class>
            <h3>{title}</h3>
            {scores.map_or_else(|| view! { <p class="big">"–"</p> }.into_any(), |s| score(s).into_any())}
            {sample}
        </section>
    }
}

fn score(scores: Scores) -> impl IntoView {
    let hard = scores.hard_accuracy.map(|accuracy| {
        let words = text::hard(accuracy, scores.hard_examples);
        view! { <p class="quiet">{number(accuracy, words)}</p> }
    });
    let (name, value) = scores.headline();
    let is_share = !name.ends_with("perplexity");
    let others: Vec<_> = scores.figures().into_iter().skip(1).map(other).collect();
    view! {
        <p class="big">{number(value, run::figure_value(name, value))}</p>
        {is_share.then(|| view! {
            <div class="gauge" style=format!("--done: {value}") aria-hidden="true"></div>
        })}
        <p class="quiet">
            {run::figure(name)} ", " {text::held_out(scores.examples)}
        </p>
        {hard}
        <dl class="figures small">{others}</dl>
    }
}

fn other((name, value): (&'static str, f64)) -> impl IntoView {
    view! {
        <div>
            <dt>{run::figure(name)}</dt>
            <dd>{number(value, run::figure_value(name, value))}</dd>
        </div>
    }
}

fn continued(prompt: &'static str, sample: &str) -> impl IntoView + use<> {
    let sample = sample.strip_prefix(prompt).unwrap_or(sample).to_string();
    view! {
        <figure class="sample">
            <figcaption class="quiet">{text::sample_of(prompt)}</figcaption>
            <blockquote>
                <span class="prompt">{prompt}</span>
                {sample}
            </blockquote>
        </figure>
    }
}
