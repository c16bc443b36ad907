//! What the learner has measured, to look back on and to print.

use leptos::prelude::*;

use crate::lessons::{self, LESSONS};
use crate::ui::browser::files;
use crate::ui::controls::honesty_badge::{HonestyBadge, Origin};
use crate::ui::controls::number::number;
use crate::ui::learner::{ChapterProgress, RunHistory, RunRecord};
use crate::ui::page_context::use_page;
use crate::ui::text::format;
use crate::ui::text::lessons as text;

#[component]
pub fn Results() -> impl IntoView {
    let page = use_page();
    let is_empty = Memo::new(move |_| {
        page.history.with(|history| history.records().is_empty())
            && page.progress.with(ChapterProgress::is_empty)
    });
    let summary = move || {
        let complete = page.progress.with(|progress| {
            LESSONS
                .iter()
                .filter(|lesson| progress.is_complete(lesson))
                .count()
        });
        let runs = page.history.with(|history| history.records().len());
        text::results_summary(complete, LESSONS.len(), runs)
    };
    let download = move |_| {
        if let Some(json) = page.history.with(RunHistory::to_json) {
            files::download("warmup-runs.json", "application/json", &json);
        }
    };
    view! {
        <article class="results">
            <header>
                <h1>{text::RESULTS_TITLE}</h1>
                <p class="lead">{text::RESULTS_LEAD}</p>
            </header>
            <p class="empty" hidden=move || !is_empty.get()>{text::RESULTS_EMPTY}</p>
            <div hidden=is_empty>
                <p class="summary" data-testid="results-summary">{summary}</p>
                <div class="buttons not-printed">
                    <button type="button" class="primary" on:click=move |_| files::print()>
                        {text::RESULTS_PRINT}
                    </button>
                    <button type="button" data-testid="download-runs" on:click=download>
                        {text::RESULTS_DOWNLOAD}
                    </button>
                </div>
                <h2>{text::RESULTS_CHECKS}</h2>
                <Checks />
                <h2>{text::RESULTS_RUNS}</h2>
                {move || page.history.with(runs)}
                <p class="origin"><HonestyBadge origin=Origin::Measured /></p>
            </div>
            <ForgetAll />
        </article>
    }
}

#[component]
fn Checks() -> impl IntoView {
    let page = use_page();
    let rows = move || {
        LESSONS
            .iter()
            .map(|lesson| {
                let (passed, all) = page.progress.with(|progress| progress.count(lesson));
                let (right, answered) = page.progress.with(|progress| progress.first_attempts(lesson));
                view! {
                    <li data-lesson=lesson.slug data-passed=passed.to_string()>
                        <a href=format!("#/lesson/{}", lesson.slug)>{lesson.title}</a>
                        ": "
                        {text::checks_passed(passed, all)}
                        {(passed == all).then(|| format!(", {}", text::COMPLETE))}
                        {(answered > 0).then(|| format!("; {}", text::first_attempts(right, answered)))}
                    </li>
                }
            })
            .collect_view()
    };
    view! { <ol class="checks-passed">{rows}</ol> }
}

fn runs(history: &RunHistory) -> impl IntoView + use<> {
    let heads = text::RESULTS_COLUMNS
        .map(|name| view! { <th scope="col">{name}</th> })
        .into_iter()
        .collect_view();
    let rows: Vec<_> = history.records().iter().rev().map(row).collect();
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label=text::RESULTS_RUNS>
            <table class="runs-made">
                <thead>
                    <tr>{heads}</tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

fn row(run: &RunRecord) -> impl IntoView + use<> {
    let title = lessons::find(&run.lesson).map_or(text::LAB, |lesson| lesson.title);
    let before_after = |before: f64, after: Option<f64>, show: fn(f64) -> String| match after {
        Some(after) => view! {
            {number(before, show(before))} " → " {number(after, show(after))}
        }
        .into_any(),
        None => text::DIVERGED.into_any(),
    };
    let beside = text::beside(&run.before).map(|(before, words)| {
        let after = run.after.and_then(|after| text::beside(&after));
        match after {
            Some((after, after_words)) => view! {
                {number(before, words)} " → " {number(after, after_words)}
            }
            .into_any(),
            None => text::DIVERGED.into_any(),
        }
    });
    let share = run.trainable as f64 / run.total.max(1) as f64;
    view! {
        <tr>
            <th scope="row">{title}</th>
            <td>
                <a href=format!("#/lab?{}", run.settings)>
                    <code>{run.settings.replace('&', " ")}</code>
                </a>
            </td>
            <td>{run.model.clone()}</td>
            <td>{number(share, format::percent(share))}</td>
            <td>
                // What a run of the lab came to on the test split is sealed there.
                {match run.lesson.is_empty() {
                    true => view! { <a href="#/lab">{text::IN_LAB}</a> }.into_any(),
                    false => {
                        let after = run.after.map(|after| after.accuracy);
                        before_after(run.before.accuracy, after, format::percent)
                    }
                }}
            </td>
            <td>{beside}</td>
            <td>{format::duration(run.seconds * 1000.0)}</td>
        </tr>
    }
}

/// Asks before it forgets.
#[component]
fn ForgetAll() -> impl IntoView {
    let page = use_page();
    let is_asking = RwSignal::new(false);
    let forget = move |_| {
        page.progress.update(ChapterProgress::forget_all);
        page.history.update(RunHistory::forget_all);
        is_asking.set(false);
    };
    view! {
        <div class="forget not-printed">
            <button type="button" data-testid="reset-all" hidden=is_asking on:click=move |_| is_asking.set(true)>
                {text::RESET_ALL}
            </button>
            <div class="buttons" hidden=move || !is_asking.get()>
                <p>{text::RESET_ASK}</p>
                <button type="button" data-testid="reset-yes" on:click=forget>
                    {text::RESET_YES}
                </button>
                <button type="button" on:click=move |_| is_asking.set(false)>
                    {text::RESET_NO}
                </button>
            </div>
        </div>
    }
}
