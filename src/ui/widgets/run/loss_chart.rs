//! The loss of every step, smoothed, and of the validation split; and what happened when.

use leptos::prelude::*;

use crate::protocol::Split;
use crate::ui::charts::guessing::guessing;
use crate::ui::charts::line::LineChart;
use crate::ui::charts::plot::{LineData, Look, Series, Unit};
use crate::ui::charts::smooth::smooth;
use crate::ui::page_context::use_page;
use crate::ui::state::{Happening, LogEntry, Run};
use crate::ui::text::format;
use crate::ui::text::{charts as text, run as run_text};
use crate::ui::widgets::Frame;

pub const FRAME: Frame = Frame::Wide;

/// Weight of the past in the smoothed line.
const KEEP: f64 = 0.9;

#[component]
pub fn LossChart() -> impl IntoView {
    let page = use_page();
    let planned_steps = Memo::new(move |_| page.draft.with(|draft| draft.training.total_steps));
    let data = Memo::new(move |_| {
        page.state.with(|state| match &state.run {
            Some(run) => line_data(run),
            None => nothing_yet(planned_steps.get()),
        })
    });
    let is_empty = Memo::new(move |_| data.with(LineData::is_empty));
    let split = page.shown_split();
    let log = page.watch(move |state| {
        let sealed = (split.get() != Split::Test).then_some(Split::Test);
        let is_told = |entry: &&LogEntry| !matches!(entry.happening, Happening::Evaluated(of, _) if Some(of) == sealed);
        let log = state.run.as_ref()?.log.iter();
        Some(log.filter(is_told).cloned().collect::<Vec<_>>())
    });
    view! {
        <div class="loss_chart">
            <p class="empty" hidden=move || !is_empty.get()>
                {text::LOSS_EMPTY}
            </p>
            <div class="drawn" class:waiting=is_empty>
                <LineChart
                    title=text::LOSS_TITLE
                    x_name=text::STEP
                    y_name=text::LOSS_AXIS
                    data
                    testid="loss-chart"
                />
            </div>
            {move || log.get().map(log_view)}
        </div>
    }
}

/// The axis of the run that the settings describe, and no line.
fn nothing_yet(planned_steps: usize) -> LineData {
    LineData {
        x_end: planned_steps as f64,
        ..LineData::default()
    }
}

fn line_data(run: &Run) -> LineData {
    let at = |step: usize| step as f64;
    let raw: Vec<(f64, f64)> = run
        .steps
        .iter()
        .map(|metrics| (at(metrics.step), f64::from(metrics.loss_nats)))
        .collect();
    let values: Vec<f64> = raw.iter().map(|(_, loss)| *loss).collect();
    let smoothed = raw
        .iter()
        .zip(smooth(&values, KEEP))
        .map(|((x, _), y)| (*x, y))
        .collect();
    let validation = run.validation_losses();
    let validation = validation.map(|(step, loss)| (at(step), loss)).collect();
    let series = |name: &'static str, look, points| Series {
        name: name.into(),
        look,
        points,
    };
    LineData {
        series: vec![
            series(text::LOSS_EACH, Look::Faint, raw),
            series(text::LOSS_SMOOTH, Look::Bold, smoothed),
            series(text::LOSS_VALIDATION, Look::Marked, validation),
        ],
        levels: guessing(run.learnt.classes).into_iter().collect(),
        x_end: at(run.settings.total_steps),
        unit: Unit::Nats,
        ..LineData::default()
    }
}

fn log_view(log: Vec<LogEntry>) -> impl IntoView {
    let entries = log
        .into_iter()
        .map(|entry| {
            let step = format!("{} {}", text::STEP, format::count(entry.step));
            view! {
                <li>
                    <span class="when">{step}</span>
                    " "
                    {run_text::happening(&entry)}
                </li>
            }
        })
        .collect_view();
    view! {
        <details class="log">
            <summary>{text::LOG}</summary>
            <ol>{entries}</ol>
        </details>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::RequestId;
    use crate::settings::TrainingSettings;
    use crate::ui::state::Learnt;
    use crate::ui::state::fixture::step;

    #[test]
    fn before_a_run_the_axis_is_that_of_the_settings() {
        let data = nothing_yet(200);
        assert!(data.is_empty());
        assert_eq!(data.x_end, 200.0);
    }

    #[test]
    fn every_step_is_in_the_data() {
        let mut run = Run::new(RequestId(1), TrainingSettings::default(), Learnt::default());
        run.steps = (0..3).map(step).collect();
        let data = line_data(&run);
        assert_eq!(data.series[0].points.len(), 3);
        assert_eq!(data.series[1].points.len(), 3);
        assert_eq!(data.x_end, run.settings.total_steps as f64);
    }
}
