//! The gradient norm at each step, of all runs of the lesson: how hard the loss pulls, before clipping.

use leptos::prelude::*;

use crate::lessons::{Lesson, Preset};
use crate::ui::charts::line::LineChart;
use crate::ui::charts::plot::{Level, LineData, Look, Series, Unit};
use crate::ui::learner::RunRecord;
use crate::ui::page_context::use_page;
use crate::ui::runs::shown;
use crate::ui::text::{charts, warmup as text};
use crate::ui::widgets::Frame;

pub const FRAME: Frame = Frame::Wide;

#[component]
pub fn NormChart() -> impl IntoView {
    let page = use_page();
    let lesson = use_context::<&'static Lesson>();
    let runs = Memo::new(move |_| {
        lesson.map(|lesson| {
            of_presets(lesson, |preset| {
                shown(page, lesson, preset).map(|(run, _)| run)
            })
        })
    });
    let data = Memo::new(move |_| runs.with(|runs| line_data(runs.as_deref().unwrap_or_default())));
    let is_empty = Memo::new(move |_| data.with(LineData::is_empty));
    view! {
        <div class="norm_chart">
            <p class="empty" hidden=move || !is_empty.get()>{text::NORMS_EMPTY}</p>
            <div class:waiting=is_empty>
                <LineChart
                    title=text::NORMS_TITLE
                    x_name=charts::STEP
                    y_name=text::NORMS_AXIS
                    data
                    testid="norm-chart"
                />
            </div>
        </div>
    }
}

type Named = (&'static str, Option<RunRecord>);

fn of_presets(
    lesson: &'static Lesson,
    find: impl Fn(&'static Preset) -> Option<RunRecord>,
) -> Vec<Named> {
    lesson
        .presets()
        // Norms of another model's gradients do not compare.
        .filter(|preset| preset.model.is_none())
        .map(|preset| (preset.label, find(preset)))
        .collect()
}

fn line_data(runs: &[Named]) -> LineData {
    let made = runs.iter().enumerate();
    let series = made.filter_map(|(index, (name, run))| {
        let run = run.as_ref()?;
        Some(Series {
            name: (*name).into(),
            look: Look::Nth(index),
            points: points(run),
        })
    });
    let series: Vec<Series> = series.collect();
    let levels = match series.is_empty() {
        true => Vec::new(),
        false => vec![Level {
            name: text::NORMS_CLIP,
            y: CLIP,
        }],
    };
    LineData {
        x_end: runs
            .iter()
            .filter_map(|(_, run)| Some(run.as_ref()?.steps as f64))
            .fold(0.0, f64::max),
        series,
        levels,
        unit: Unit::Norm,
        ..LineData::default()
    }
}

/// What runs of lessons are clipped to.
const CLIP: f64 = 1.0;

fn points(run: &RunRecord) -> Vec<(f64, f64)> {
    run.curve
        .iter()
        .map(|point| (point.step as f64, f64::from(point.gradient_norm)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::TrainingSettings;
    use crate::ui::learner::tests::record;

    #[test]
    fn each_run_has_its_own_line_and_the_clip_is_the_default_one() {
        let run = record("warmup", "with", 0.6, 60.0);
        let points = run.curve.len();
        let data = line_data(&[("Without", None), ("With", Some(run))]);
        assert_eq!(data.series.len(), 1);
        assert_eq!(data.series[0].look, Look::Nth(1));
        assert_eq!(data.series[0].points.len(), points);
        assert_eq!(data.levels[0].y, TrainingSettings::default().max_grad_norm);
        assert!(line_data(&[("Without", None)]).levels.is_empty());
    }
}
