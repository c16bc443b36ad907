//! The curves of a set's runs in one chart each: the loss, and what is forgotten.
//!
//! Test ids: `runs-loss-chart`; `runs-forgetting-chart`, of runs that have a perplexity, and `runs-retrieval-chart`, of runs
//! whose questions find passages.

use leptos::prelude::*;

use super::{has_recordings, shown};
use crate::lessons::{Lesson, RunSet};
use crate::ui::charts::guessing::guessing;
use crate::ui::charts::line::LineChart;
use crate::ui::charts::plot::{Level, LineData, Look, Series, Unit};
use crate::ui::charts::smooth::smooth;
use crate::ui::learner::RunRecord;
use crate::ui::page_context::use_page;
use crate::ui::text::{charts, lessons as text};

/// Weight of the past in the smoothed line.
const KEEP: f64 = 0.8;

#[component]
pub fn RunCurves(lesson: &'static Lesson, set: &'static RunSet) -> impl IntoView {
    let page = use_page();
    let runs = Memo::new(move |_| {
        set.presets
            .iter()
            .map(|preset| Some((preset.label, shown(page, lesson, preset)?.0)))
            .collect::<Vec<_>>()
    });
    let losses =
        Memo::new(move |_| runs.with(|runs| with_level(data(runs, loss_points), guessed(runs))));
    let forgotten =
        Memo::new(move |_| runs.with(|runs| with_level(data(runs, general_points), before(runs))));
    let found = Memo::new(move |_| runs.with(|runs| shares(data(runs, retrieval_points))));
    // Runs of both kinds of model may stand side by side: each has its own chart.
    let has_found = move || found.with(|data| !data.is_empty());
    // A perplexity of next tokens and one of hidden words do not compare.
    let has_forgotten =
        move || !set.are_across_models && (forgotten.with(|data| !data.is_empty()) || !has_found());
    let is_empty = Memo::new(move |_| losses.with(LineData::is_empty));
    view! {
        <p class="empty" hidden=move || !is_empty.get()>
            {move || text::runs_empty(has_recordings(page, lesson))}
        </p>
        <div class="pair" hidden=is_empty>
            <div>
                <Curves title=text::RUNS_CHART y_name=charts::LOSS_AXIS data=losses testid="runs-loss-chart" />
            </div>
            <div hidden=move || !has_forgotten()>
                <Curves
                    title=text::RUNS_FORGET
                    y_name=text::RUNS_FORGET_AXIS
                    data=forgotten
                    testid="runs-forgetting-chart"
                />
            </div>
            <div hidden=move || !has_found()>
                <Curves
                    title=text::RUNS_RETRIEVAL
                    y_name=charts::RETRIEVAL_AXIS
                    data=found
                    testid="runs-retrieval-chart"
                />
            </div>
        </div>
    }
}

/// One quantity of every run over its steps, the name above it.
#[component]
fn Curves(
    title: &'static str,
    y_name: &'static str,
    data: Memo<LineData>,
    testid: &'static str,
) -> impl IntoView {
    view! {
        <h4>{title}</h4>
        <LineChart title=title x_name=charts::STEP y_name=y_name data=data testid=testid />
    }
}

fn data(
    runs: &[Option<(&'static str, RunRecord)>],
    points: fn(&RunRecord) -> Vec<(f64, f64)>,
) -> LineData {
    let made = runs
        .iter()
        .enumerate()
        .filter_map(|(index, run)| Some((index, run.as_ref()?)));
    let series = made.clone().map(|(index, (name, run))| Series {
        name: (*name).into(),
        look: Look::Nth(index),
        points: points(run),
    });
    LineData {
        series: series.filter(|series| !series.points.is_empty()).collect(),
        x_end: made
            .map(|(_, (_, run))| run.steps as f64)
            .fold(0.0, f64::max),
        unit: Unit::Nats,
        ..LineData::default()
    }
}

fn shares(data: LineData) -> LineData {
    LineData {
        unit: Unit::Share,
        ..data
    }
}

fn retrieval_points(run: &RunRecord) -> Vec<(f64, f64)> {
    let found = run.retrieval.iter();
    found.map(|(step, share)| (*step as f64, *share)).collect()
}

/// What guessing costs, of runs that learnt the same data.
fn guessed(runs: &[Option<(&'static str, RunRecord)>]) -> Option<Level> {
    let (_, run) = runs.iter().flatten().next()?;
    guessing(run.classes)
}

/// A line to compare with, where there is a curve.
fn with_level(mut data: LineData, level: Option<Level>) -> LineData {
    if !data.is_empty() {
        data.levels.extend(level);
    }
    data
}

/// What the stories cost the model before any run.
fn before(runs: &[Option<(&'static str, RunRecord)>]) -> Option<Level> {
    let (_, run) = runs.iter().flatten().next()?;
    Some(Level {
        name: charts::FORGETTING_BEFORE,
        y: run.before.perplexity?.ln(),
    })
}

/// The training loss along a run, smoothed.
pub fn loss_points(run: &RunRecord) -> Vec<(f64, f64)> {
    let raw: Vec<f64> = run
        .curve
        .iter()
        .map(|point| f64::from(point.loss_nats))
        .collect();
    let steps = run.curve.iter().map(|point| point.step as f64);
    steps.zip(smooth(&raw, KEEP)).collect()
}

/// The loss, not its exponential: a run that forgets everything must not flatten the others.
fn general_points(run: &RunRecord) -> Vec<(f64, f64)> {
    run.general
        .iter()
        .map(|(step, perplexity)| (*step as f64, perplexity.ln()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::learner::tests::record;

    #[test]
    fn a_run_not_made_keeps_its_colour_free() {
        let mut run = record("x", "high", 0.6, 100.0);
        run.general = vec![(0, 1.0_f64.exp())];
        let data = data(&[None, Some(("High", run))], general_points);
        assert_eq!(data.series.len(), 1);
        assert_eq!(data.series[0].look, Look::Nth(1));
        assert_eq!(data.series[0].points, [(0.0, 1.0)]);
        assert_eq!(data.x_end, 60.0);
    }

    #[test]
    fn curves_are_drawn_beside_what_they_are_compared_with() {
        let mut run = record("x", "high", 0.6, 100.0);
        run.general = vec![(0, 48.0)];
        let runs = [None, Some(("High", run))];
        let level = before(&runs);
        assert!((level.as_ref().unwrap().y - 48.0_f64.ln()).abs() < 1e-12);
        assert_eq!(
            with_level(data(&runs, general_points), level).levels.len(),
            1
        );
        assert!(
            with_level(data(&[None], general_points), before(&[None]))
                .levels
                .is_empty()
        );
    }
}
