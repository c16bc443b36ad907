//! A real run at first sight: recorded for a lesson, drawn on the opening page.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::ui::charts::guessing::guessing;
use crate::ui::charts::line::LineChart;
use crate::ui::charts::plot::{LineData, Look, Series, Unit};
use crate::ui::controls::honesty_badge::{HonestyBadge, Origin};
use crate::ui::learner::RunRecord;
use crate::ui::runs::curves::loss_points;
use crate::ui::runs::recordings;
use crate::ui::text::{charts, pages as text};

/// Whose run it is, and which: one that no guess of the lesson asks for.
const LESSON: &str = "lora";
const RUN: &str = "real_lora";

/// Nothing where the recording cannot be had.
#[component]
pub fn HomeRun() -> impl IntoView {
    let run = RwSignal::new(None::<RunRecord>);
    spawn_local(async move {
        let records = recordings(LESSON).await;
        run.set(records.into_iter().find(|record| record.key == RUN));
    });
    let data = Memo::new(move |_| run.with(|run| run.as_ref().map(drawn).unwrap_or_default()));
    let lead = move || run.with(|run| run.as_ref().and_then(told));
    view! {
        <section class="first" data-testid="home-run" hidden=move || run.with(Option::is_none)>
            <h2>{text::HOME_RUN}</h2>
            <p>{lead}</p>
            <LineChart title=text::HOME_RUN_CHART x_name=charts::STEP y_name=charts::LOSS_AXIS data testid="home-run-chart" />
            <p class="origin">
                <HonestyBadge origin=Origin::Replayed /> " "
                <a href=format!("#/lesson/{LESSON}")>{text::HOME_RUN_LESSON}</a>
            </p>
        </section>
    }
}

fn told(run: &RunRecord) -> Option<String> {
    let trained = (run.trainable, run.total);
    let right = [run.before.accuracy, run.after.as_ref()?.accuracy];
    Some(text::home_run(run.steps, trained, right))
}

fn drawn(run: &RunRecord) -> LineData {
    LineData {
        series: vec![Series {
            name: charts::LOSS_SMOOTH.into(),
            look: Look::Nth(0),
            points: loss_points(run),
        }],
        levels: guessing(run.classes).into_iter().collect(),
        x_end: run.steps as f64,
        unit: Unit::Nats,
        ..LineData::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_recording_is_there_and_has_something_to_show() {
        let records = include_str!("../../../www/recorded/lora.json");
        let records: Vec<RunRecord> = serde_json::from_str(records).unwrap();
        let run = records.iter().find(|record| record.key == RUN).unwrap();
        let after = run.after.as_ref().unwrap();
        assert!(after.accuracy > run.before.accuracy + 0.5);
        assert!(told(run).unwrap().contains("96.7%"));
        let data = drawn(run);
        assert_eq!(data.levels.len(), 1);
        assert!(data.series[0].points.len() > 30);
    }
}
