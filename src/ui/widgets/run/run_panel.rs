//! The controls of a run, how far it is, and its first figures.
//!
//! What the test split came to in a run of the lab is not shown before the learner opens it (`PageContext::shown_split`).
//!
//! Test ids of the figures: `trainable-count`, `total-count`, `metric-loss`, `metric-FIGURE-before` and `-after` for each
//! task's own, and of what the model can do beside the task `metric-perplexity-before` and `-after`, or
//! `metric-retrieval-before` and `-after`.

use leptos::prelude::*;

use crate::methods::field::{Field as MethodField, Reach};
use crate::protocol::{AskKind, RunPlan, headline_of};
use crate::ui::controls::field::Field;
use crate::ui::controls::honesty_badge::{HonestyBadge, Origin};
use crate::ui::controls::number::Number;
use crate::ui::controls::run_buttons::RunButtons;
use crate::ui::controls::term;
use crate::ui::draft::{LOOP, REMEDIES, TRAINING};
use crate::ui::page_context::use_page;
use crate::ui::state::{Beside, Phase, Plan, Run, State, Status, trainable_share};
use crate::ui::text::format;
use crate::ui::text::run as text;
use crate::ui::widgets::Frame;

pub const FRAME: Frame = Frame::Wide;

/// As lessons have it: the settings wait behind a switch, and the strategy is given.
#[component]
pub fn RunPanel() -> impl IntoView {
    view! {
        <div class="run_panel">
            <details class="settings">
                <summary>{text::SETTINGS}</summary>
                <Settings />
            </details>
            <RunButtons />
            <Progress />
            <Figures />
        </div>
    }
}

/// The lab shows them all.
#[component]
pub fn Settings(#[prop(optional)] in_lab: bool) -> impl IntoView {
    let page = use_page();
    let kind = Memo::new(move |_| page.draft.with(|draft| draft.kind));
    let of_strategy = move || {
        let is_here = |field: &&MethodField| match in_lab {
            true => field.is_in_form(),
            false => field.reach == Reach::Lesson,
        };
        let fields = kind.get().fields().into_iter().filter(is_here);
        fields
            .map(|field| view! { <Field key=field.key /> })
            .collect_view()
    };
    let refusal = page.watch(|state| match &state.plan {
        Plan::Refused(error) => error.to_string(),
        Plan::Unknown | Plan::Known(_) => String::new(),
    });
    let lab = move || {
        page.draft
            .with(|draft| format!("#/lab?{}", draft.to_query()))
    };
    view! {
        <div class="fields">
            {in_lab.then(|| view! { <Field key="strategy" /> })}
            {of_strategy}
            {TRAINING.map(|key| view! { <Field key /> }).into_iter().collect_view()}
        </div>
        {in_lab.then(|| view! {
            <fieldset class="fields">
                <legend>{text::LOOP}</legend>
                {LOOP.map(|key| view! { <Field key /> }).into_iter().collect_view()}
            </fieldset>
            <fieldset class="fields">
                <legend>{text::REMEDIES}</legend>
                {REMEDIES.map(|key| view! { <Field key /> }).into_iter().collect_view()}
            </fieldset>
        })}
        <p class="refusal" role="status">{refusal}</p>
        {(!in_lab).then(|| view! { <p class="quiet"><a href=lab>{text::OPEN_IN_LAB}</a></p> })}
    }
}

#[component]
pub fn Progress() -> impl IntoView {
    let page = use_page();
    let sentence = page.watch(sentence);
    let steps = page.watch(|state| {
        let run = state.run.as_ref()?;
        Some((run.completed_steps(), run.settings.total_steps))
    });
    let words = move || steps.get().map(|(done, all)| text::progress(done, all));
    let left = page.watch(|state| {
        let run = state.run.as_ref().filter(|run| run.is_going())?;
        Some(match run.stage_progress {
            Some(stage) => text::stage_left(stage.remaining_millis),
            None => text::time_left(run.progress?.remaining_millis),
        })
    });
    let stage = page.watch(|state| {
        let run = state.run.as_ref().filter(|run| run.is_going())?;
        let stage = run.stage_progress?;
        Some((stage.done, stage.all))
    });
    let done = move || {
        stage
            .get()
            .or_else(|| steps.get())
            .map_or(0.0, |(done, all)| done as f64 / all.max(1) as f64)
    };
    let is_scoring = page.watch(|state| {
        use crate::protocol::RunStage::{Preparing, ScoringAfter, ScoringBefore};
        let phase = state.run.as_ref().map(|run| &run.phase);
        matches!(
            phase,
            Some(
                Phase::Starting
                    | Phase::Cancelling { .. }
                    | Phase::Active {
                        stage: ScoringBefore | Preparing | ScoringAfter
                    }
            )
        )
    });
    view! {
        <div
            class="progress"
            data-testid="run-progress"
            data-value=move || steps.get().unwrap_or_default().0.to_string()
            data-total=move || steps.get().unwrap_or_default().1.to_string()
        >
            <p class="stage" role="status">{sentence}</p>
            <span
                class="bar"
                class:unknown=move || is_scoring.get() && stage.get().is_none()
                role="progressbar"
                aria-label=words
                aria-valuemin="0"
                aria-valuemax="100"
                aria-valuenow=move || format!("{:.0}", done() * 100.0)
                style=move || format!("--done: {}", done())
            ></span>
            <p class="quiet">
                <span>{words}</span>
                <span>{left}</span>
            </p>
        </div>
    }
}

/// What is going on, or what is missing for something to go on.
fn sentence(state: &State) -> String {
    if let Some(run) = &state.run {
        return text::phase(run);
    }
    match state.status() {
        Status::Loading => text::WAITING_FOR_ENGINE,
        Status::Failed => text::NO_ENGINE,
        _ if state.is_asked(AskKind::LoadDataset) => text::WAITING_FOR_DATA,
        _ if state.dataset.is_none() => text::NO_DATA,
        _ => text::NO_RUN,
    }
    .to_string()
}

#[component]
pub fn Figures() -> impl IntoView {
    let page = use_page();
    let of_run = move |part: fn(&Run) -> Option<f64>| {
        page.watch(move |state| state.run.as_ref().and_then(part))
    };
    let loss = of_run(|run| run.steps.last().map(|step| f64::from(step.loss_nats)));
    let split = page.shown_split();
    let headline = page.watch(move |state| {
        let (run, split) = (state.run.as_ref()?, split.get());
        Some((
            run.scores_before(split)?.headline(),
            run.scores_after(split).map(|s| s.headline().1),
        ))
    });
    let task = page.watch(|state| state.dataset.as_ref().map(|data| data.task));
    let beside = page.watch(State::beside);
    let kept = move || match beside.get() {
        Beside::Language => {
            let (before, after) = (
                of_run(Run::perplexity_before),
                of_run(Run::perplexity_after),
            );
            view! { <Perplexities before after /> }.into_any()
        }
        Beside::Retrieval => {
            let (before, after) = (of_run(Run::retrieval_before), of_run(Run::retrieval_after));
            view! { <Retrievals before after /> }.into_any()
        }
    };
    let plan = page.plan();
    let of_plan = move |part: fn(&RunPlan) -> f64| {
        Signal::derive(move || plan.with(|plan| plan.as_deref().map(part)))
    };
    view! {
        <dl class="figures">
            <div>
                <dt>{text::TRAINABLE}</dt>
                <dd class="trainable-ink">
                    <Number value=of_plan(trainable_share) show=format::percent />
                </dd>
                <dd class="quiet">
                    <Number value=of_plan(|p| p.trainable_parameters() as f64) show=count testid="trainable-count" />
                    " " {text::OF_TOTAL} " "
                    <Number value=of_plan(|p| p.total_parameters() as f64) show=count testid="total-count" />
                </dd>
            </div>
            <div>
                <dt>{text::LOSS}</dt>
                <dd><Number value=loss show=format::loss testid="metric-loss" /></dd>
            </div>
            {move || {
                let (name, before, after) = match headline.get() {
                    Some(((name, before), after)) => (name, Some(before), after),
                    None => (headline_of(task.get().unwrap_or_default()), None, None),
                };
                [("before", before), ("after", after)]
                    .map(|(when, value)| figure(name, when, value))
                    .into_iter()
                    .collect_view()
            }}
            {kept}
        </dl>
        <p class="origin"><HonestyBadge origin=Origin::Measured /></p>
    }
}

#[component]
fn Perplexities(before: Memo<Option<f64>>, after: Memo<Option<f64>>) -> impl IntoView {
    view! {
        <div>
            <dt>{text::PERPLEXITY_BEFORE} " " {term::explain("perplexity")}</dt>
            <dd><Number value=before show=format::perplexity testid="metric-perplexity-before" /></dd>
        </div>
        <div>
            <dt>{text::PERPLEXITY_AFTER}</dt>
            <dd><Number value=after show=format::perplexity testid="metric-perplexity-after" /></dd>
        </div>
    }
}

#[component]
fn Retrievals(before: Memo<Option<f64>>, after: Memo<Option<f64>>) -> impl IntoView {
    view! {
        <div>
            <dt>{text::RETRIEVAL_BEFORE}</dt>
            <dd><Number value=before show=format::percent testid="metric-retrieval-before" /></dd>
        </div>
        <div>
            <dt>{text::RETRIEVAL_AFTER}</dt>
            <dd><Number value=after show=format::percent testid="metric-retrieval-after" /></dd>
        </div>
    }
}

/// A figure of the task, before or after.
fn figure(name: &'static str, when: &'static str, value: Option<f64>) -> impl IntoView {
    view! {
        <div>
            <dt>{text::figure(name)} " " {when}</dt>
            <dd>
                <span
                    class="number"
                    data-testid=format!("metric-{name}-{when}")
                    data-value=value.map(|value| value.to_string()).unwrap_or_default()
                >
                    {value.map_or("–".to_string(), |value| text::figure_value(name, value))}
                </span>
            </dd>
        </div>
    }
}

fn count(value: f64) -> String {
    format::count(value as usize)
}
