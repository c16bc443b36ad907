//! One run of a set: its settings, its button, how far it is, and what came out.

use leptos::prelude::*;

use super::{going, guesses_stand, has_recordings, queued, settings_of, shown, tag_of};
use crate::lessons::measure::What;
use crate::lessons::{Lesson, Preset};
use crate::ui::controls::honesty_badge::{HonestyBadge, Origin};
use crate::ui::controls::number::number;
use crate::ui::draft::refusal;
use crate::ui::learner::RunRecord;
use crate::ui::page_context::use_page;
use crate::ui::sources::shipped_models::{family_of, is_missing};
use crate::ui::text::format;
use crate::ui::text::{lessons as text, run as run_text, widgets};

#[component]
pub fn RunCard(
    lesson: &'static Lesson,
    preset: &'static Preset,
    index: usize,
    /// The set's own button starts it.
    is_alone: bool,
) -> impl IntoView {
    let page = use_page();
    let tag = tag_of(lesson, preset);
    let is_going = Memo::new(move |_| going(page) == Some(tag));
    let is_queued = Memo::new(move |_| page.queue.with(|queue| queue.holds(tag)));
    let run = Memo::new(move |_| shown(page, lesson, preset));
    let origin = move || match run.with(|run| run.as_ref().map(|(_, is_own)| *is_own)) {
        Some(true) => "measured",
        Some(false) => "replayed",
        None => "none",
    };
    let can_start = page.watch(|state| state.can_start_run());
    let kind = settings_of(lesson, preset).0.kind;
    let named = preset.model.and_then(family_of);
    let refused = page.watch(move |state| refusal(kind, named.or(state.family())?));
    let extras = page.client.extras();
    let lacking = Memo::new(move |_| {
        preset
            .model
            .filter(|name| extras.with(|all| is_missing(name, all)))
    });
    let why_not = Memo::new(move |_| match lacking.get() {
        Some(name) => Some(text::not_on_this_site(name)),
        None => refused.get().map(|why| text::refused(&why.to_string())),
    });
    let start = move |_| {
        let run = queued(page, lesson, preset);
        page.queue.update(|queue| queue.put(vec![run]));
    };
    let model = preset.model.map(|name| format!("model={name}"));
    let settings = (!preset.settings.is_empty()).then(|| preset.settings.replace('&', ", "));
    let parts: Vec<String> = model.into_iter().chain(settings).collect();
    let changed = (!parts.is_empty()).then(|| parts.join(", "));
    let words = move || match origin() {
        "measured" => text::RUN_THIS_AGAIN,
        _ => text::RUN_THIS,
    };
    view! {
        <section
            class=format!("run-card nth-{index}")
            data-testid="run-card"
            data-run=preset.key
            data-origin=origin
        >
            <h3><span class=format!("key nth-{index}") aria-hidden="true"></span>{preset.label}</h3>
            {changed.map(|changed| view! { <p class="changed"><code>{breakable(&changed)}</code></p> })}
            <button
                type="button"
                data-testid=format!("start-{}", preset.key)
                hidden=move || is_alone || is_going.get()
                disabled=move || !can_start.get() || is_queued.get() || why_not.get().is_some()
                on:click=start
            >
                {words}
                <span class="visually-hidden">" " {preset.label}</span>
            </button>
            <p class="quiet" hidden=move || !is_queued.get()>{text::QUEUED}</p>
            <p class="quiet" hidden=move || why_not.get().is_none()>{why_not}</p>
            {move || is_going.get().then(|| view! { <Going /> })}
            {move || match run.get() {
                Some((run, is_own)) => result(&run, is_own).into_any(),
                None if guesses_stand(page, lesson, preset.key) || !has_recordings(page, lesson) => view! { <p class="quiet">{text::NOT_RUN}</p> }.into_any(),
                None => view! { <p class="quiet">{text::BEHIND_GUESS}</p> }.into_any(),
            }}
        </section>
    }
}

/// Settings that go on in the next line behind a comma, within a list of modules too.
fn breakable(settings: &str) -> impl IntoView + use<> {
    let parts = settings.split_inclusive(',').map(str::to_owned);
    parts.map(|part| view! { {part}<wbr /> }).collect_view()
}

/// How far the run is that the engine is busy with.
#[component]
fn Going() -> impl IntoView {
    let page = use_page();
    let share = page.watch(|state| {
        state.run.as_ref().map_or(0.0, |run| {
            run.completed_steps() as f64 / run.settings.total_steps.max(1) as f64
        })
    });
    let words = page.watch(|state| state.run.as_ref().map(run_text::phase));
    view! {
        <p class="quiet" role="status">{words}</p>
        <span class="bar" style=move || format!("--done: {}", share.get()) aria-hidden="true"></span>
    }
}

fn result(run: &RunRecord, is_own: bool) -> impl IntoView + use<> {
    let origin = if is_own {
        Origin::Measured
    } else {
        Origin::Replayed
    };
    let figures = match run.after {
        Some(_) => figures(run).into_any(),
        None => view! { <p class="diverged">{text::DIVERGED}</p> }.into_any(),
    };
    let sample = run.after.filter(|_| !run.sample_after.is_empty());
    let sample = sample.map(|_| match run.is_of_language() {
        true => both_samples(run).into_any(),
        false => view! { <Continued sample=run.sample_after.clone() /> }.into_any(),
    });
    view! {
        {figures}
        {sample}
        <p class="origin" title=format!("{} {}, {}", text::DEVICE_AND_MODEL, run.model, run.device)>
            <HonestyBadge origin />
            " "
            <span class="quiet">{run.model.clone()}</span>
        </p>
    }
}

fn figures(run: &RunRecord) -> impl IntoView + use<> {
    let row = |name: &'static str, what: What, show: fn(f64) -> String, before: Option<f64>| {
        let value = run.measure(what)?;
        let before = before.map(|before| {
            view! { <span class="quiet">{text::FROM} " " {number(before, show(before))} " "</span> }
        });
        Some(view! {
            <div>
                <dt>{name}</dt>
                <dd data-what=name>{before} {number(value, show(value))}</dd>
            </div>
        })
    };
    let own = match run.is_of_language() {
        true => own_perplexity(run).into_any(),
        false => {
            let before = Some(run.before.accuracy);
            row(text::ACCURACY, What::Accuracy, format::percent, before).into_any()
        }
    };
    view! {
        <dl class="figures">
            {own}
            {row(text::PERPLEXITY, What::Perplexity, format::perplexity, run.before.perplexity)}
            {row(text::RETRIEVAL, What::Retrieval, format::percent, run.before.retrieval)}
            {row(text::TRAINED, What::Share, format::percent, None)}
            {row(text::TIME, What::Seconds, |seconds| format::duration(seconds * 1000.0), None)}
        </dl>
    }
}

/// Of the texts that it learned from, such as were held out.
fn own_perplexity(run: &RunRecord) -> impl IntoView + use<> {
    let of = |loss_nats: f64| number(loss_nats.exp(), format::perplexity(loss_nats.exp()));
    let before = of(run.before.loss_nats);
    let after = run.after.map(|after| of(after.loss_nats));
    view! {
        <div>
            <dt>{text::OWN_PERPLEXITY}</dt>
            <dd data-what=text::OWN_PERPLEXITY>
                <span class="quiet">{text::FROM} " " {before} " "</span>
                {after}
            </dd>
        </div>
    }
}

/// What the run was about: shown at once, beside each other.
fn both_samples(run: &RunRecord) -> impl IntoView + use<> {
    let one = |when: &'static str, sample: &str| {
        view! {
            <div>
                <dt>{when}</dt>
                <dd><blockquote>{sample.to_owned()}</blockquote></dd>
            </div>
        }
    };
    view! {
        <details class="continued" data-testid="both-samples" open=true>
            <summary>{text::GOES_ON}</summary>
            <dl>{one(widgets::BEFORE, &run.sample_before)} {one(widgets::AFTER, &run.sample_after)}</dl>
        </details>
    }
}

#[component]
fn Continued(sample: String) -> impl IntoView {
    view! {
        <details class="continued">
            <summary>{text::CONTINUES}</summary>
            <blockquote>{sample}</blockquote>
        </details>
    }
}
