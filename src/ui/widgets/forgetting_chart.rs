//! What the run forgets: perplexity on stories that it never trains on, before, during and after.

use leptos::prelude::*;

use crate::ui::charts::line::LineChart;
use crate::ui::charts::plot::{Level, LineData, Look, Series, Unit};
use crate::ui::desk::use_desk;
use crate::ui::state::Run;
use crate::ui::text::charts as text;

#[component]
pub fn ForgettingChart() -> impl IntoView {
    let desk = use_desk();
    let planned_steps = Memo::new(move |_| desk.draft.with(|draft| draft.training.total_steps));
    let data = Memo::new(move |_| {
        desk.state.with(|state| match &state.run {
            Some(run) => line_data(run),
            None => LineData {
                x_end: planned_steps.get() as f64,
                unit: Unit::Perplexity,
                ..LineData::default()
            },
        })
    });
    let is_empty = Memo::new(move |_| data.with(LineData::is_empty));
    let tokens = desk.watch(|state| state.general_text.as_ref().map(|text| text.tokens));
    view! {
        <div class="forgetting_chart">
            <p class="empty" hidden=move || !is_empty.get()>
                {text::FORGETTING_EMPTY}
            </p>
            <div class="drawn" class:waiting=is_empty>
                <LineChart
                    title=text::FORGETTING_TITLE
                    x_name=text::STEP
                    y_name=text::FORGETTING_AXIS
                    data
                    testid="forgetting-chart"
                />
            </div>
            <p class="quiet">{move || tokens.get().map(text::forgetting_measured)}</p>
        </div>
    }
}

fn line_data(run: &Run) -> LineData {
    let points: Vec<(f64, f64)> = run
        .general
        .iter()
        .map(|(step, loss)| (*step as f64, loss.perplexity()))
        .collect();
    let levels = run.perplexity_before().map(|before| Level {
        name: text::FORGETTING_BEFORE,
        y: before,
    });
    LineData {
        series: vec![Series {
            name: text::FORGETTING_NOW,
            look: Look::Marked,
            points,
        }],
        levels: levels.into_iter().collect(),
        marker: None,
        x_end: run.settings.total_steps as f64,
        unit: Unit::Perplexity,
    }
}
