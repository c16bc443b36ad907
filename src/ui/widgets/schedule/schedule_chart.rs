//! The learning rate at every step, from the very function that training calls.

use leptos::prelude::*;

use crate::settings::TrainingSettings;
use crate::ui::charts::line::LineChart;
use crate::ui::charts::plot::{LineData, Look, Series, Unit};
use crate::ui::draft::{Draft, schedule_name};
use crate::ui::page_context::use_page;
use crate::ui::text::charts as text;
use crate::ui::text::format;
use crate::ui::widgets::Frame;

pub const FRAME: Frame = Frame::Wide;

#[component]
pub fn ScheduleChart() -> impl IntoView {
    let page = use_page();
    let run_at = page.watch(|state| {
        let run = state.run.as_ref()?;
        Some((run.settings.clone(), run.completed_steps()))
    });
    // How many steps epochs take, a run knows that began with them.
    let settings = Memo::new(move |_| {
        let mut settings = page.draft.with(Draft::settings);
        if settings.num_train_epochs > 0.0
            && let Some((of_run, _)) = run_at.get()
            && of_run.num_train_epochs == settings.num_train_epochs
        {
            settings.total_steps = of_run.total_steps;
        }
        settings
    });
    let data = Memo::new(move |_| {
        let settings = settings.get();
        let marker = run_at
            .get()
            .filter(|(of_run, _)| of_run.schedule() == settings.schedule())
            .map(|(_, step)| step as f64);
        line_data(&settings, marker)
    });
    let words = move || {
        let settings = settings.get();
        text::schedule_words(
            schedule_name(settings.schedule),
            &format::rate(settings.learning_rate),
            settings.warmup_steps,
            settings.total_steps,
        )
    };
    view! {
        <div class="schedule_chart">
            <p class="quiet">{words}</p>
            <LineChart
                title=text::SCHEDULE_TITLE
                x_name=text::STEP
                y_name=text::SCHEDULE_AXIS
                data
                testid="schedule-chart"
            />
        </div>
    }
}

fn line_data(settings: &TrainingSettings, marker: Option<f64>) -> LineData {
    let schedule = settings.schedule();
    let points = (0..=settings.total_steps)
        .map(|step| (step as f64, schedule.learning_rate_at(step)))
        .collect();
    LineData {
        series: vec![Series {
            name: text::SCHEDULE_SERIES.into(),
            look: Look::Bold,
            points,
        }],
        marker,
        x_end: settings.total_steps as f64,
        unit: Unit::Rate,
        ..Default::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_curve_is_the_schedule_that_training_uses() {
        let settings = TrainingSettings::default();
        let data = line_data(&settings, None);
        assert_eq!(data.series[0].points.len(), settings.total_steps + 1);
        for (step, rate) in &data.series[0].points {
            assert_eq!(*rate, settings.schedule().learning_rate_at(*step as usize));
        }
    }
}
