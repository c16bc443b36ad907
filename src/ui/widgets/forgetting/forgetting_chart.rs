//! What the run forgets beside its task, before, during and after: perplexity on stories that it never trains on, or how
//! many questions find their passage.
//!
//! Test ids: `forgetting-chart`, whichever of the two it shows; its `data-beside` is `language` or `retrieval`.

use leptos::prelude::*;

use crate::protocol::GeneralScore;
use crate::ui::charts::line::LineChart;
use crate::ui::charts::plot::{Level, LineData, Look, Series, Unit};
use crate::ui::page_context::use_page;
use crate::ui::state::{Beside, Run, State};
use crate::ui::text::charts as text;
use crate::ui::widgets::Frame;

pub const FRAME: Frame = Frame::Wide;

#[component]
pub fn ForgettingChart() -> impl IntoView {
    let page = use_page();
    let planned_steps = Memo::new(move |_| page.draft.with(|draft| draft.training.total_steps));
    let beside = page.watch(State::beside);
    let data = Memo::new(move |_| {
        let beside = beside.get();
        page.state.with(|state| match &state.run {
            Some(run) => line_data(run, beside),
            None => LineData {
                x_end: planned_steps.get() as f64,
                unit: unit(beside),
                ..LineData::default()
            },
        })
    });
    let is_empty = Memo::new(move |_| data.with(LineData::is_empty));
    let measured = page.watch(measured_on);
    let chart = move || {
        let (title, y_name) = match beside.get() {
            Beside::Language => (text::FORGETTING_TITLE, text::FORGETTING_AXIS),
            Beside::Retrieval => (text::RETRIEVAL_TITLE, text::RETRIEVAL_AXIS),
        };
        view! { <LineChart title x_name=text::STEP y_name data testid="forgetting-chart" /> }
    };
    let name = move || match beside.get() {
        Beside::Language => "language",
        Beside::Retrieval => "retrieval",
    };
    let nothing = move || match beside.get() {
        Beside::Language => text::FORGETTING_EMPTY,
        Beside::Retrieval => text::RETRIEVAL_EMPTY,
    };
    view! {
        <div class="forgetting_chart" data-beside=name>
            <p class="empty" hidden=move || !is_empty.get()>
                {nothing}
            </p>
            <div class="drawn" class:waiting=is_empty>
                {chart}
            </div>
            <p class="quiet">{measured}</p>
        </div>
    }
}

/// What it was measured on, as soon as that is known.
fn measured_on(state: &State) -> Option<String> {
    match state.beside() {
        Beside::Language => {
            let text = state.general_text.as_ref()?;
            Some(text::forgetting_measured(text.tokens))
        }
        Beside::Retrieval => match state.run.as_ref()?.general.last()?.1 {
            GeneralScore::Retrieval { of, .. } => Some(text::retrieval_measured(of)),
            GeneralScore::Language(_) => None,
        },
    }
}

fn unit(beside: Beside) -> Unit {
    match beside {
        Beside::Language => Unit::Perplexity,
        Beside::Retrieval => Unit::Share,
    }
}

fn line_data(run: &Run, beside: Beside) -> LineData {
    let (value, before): (fn(GeneralScore) -> Option<f64>, _) = match beside {
        Beside::Language => (GeneralScore::perplexity, run.perplexity_before()),
        Beside::Retrieval => (GeneralScore::retrieval, run.retrieval_before()),
    };
    let scores = run.general.iter();
    let points: Vec<(f64, f64)> = scores
        .filter_map(|(step, score)| Some((*step as f64, value(*score)?)))
        .collect();
    let levels = before.map(|before| Level {
        name: text::FORGETTING_BEFORE,
        y: before,
    });
    LineData {
        series: vec![Series {
            name: text::FORGETTING_NOW.into(),
            look: Look::Marked,
            points,
        }],
        levels: levels.into_iter().collect(),
        x_end: run.settings.total_steps as f64,
        unit: unit(beside),
        ..LineData::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{GeneralLoss, RequestId};
    use crate::settings::TrainingSettings;
    use crate::ui::state::Learnt;

    #[test]
    fn a_run_is_drawn_by_what_it_was_watched_for() {
        let drawn = |scores: [GeneralScore; 2], beside| {
            let settings = TrainingSettings::default();
            let mut run = Run::new(RequestId(1), settings, Learnt::default());
            run.general = vec![(0, scores[0]), (40, scores[1])];
            let data = line_data(&run, beside);
            (data.series[0].points.clone(), data.levels[0].y, data.unit)
        };
        let found = |found| GeneralScore::Retrieval { found, of: 200 };
        let retrieval = drawn([found(190), found(150)], Beside::Retrieval);
        assert_eq!(
            retrieval,
            (vec![(0.0, 0.95), (40.0, 0.75)], 0.95, Unit::Share)
        );
        let loss = |nats_per_token| {
            let tokens = 100;
            GeneralScore::Language(GeneralLoss {
                tokens,
                nats_per_token,
            })
        };
        let language = drawn([loss(0.0), loss(0.0)], Beside::Language);
        assert_eq!(
            language,
            (vec![(0.0, 1.0), (40.0, 1.0)], 1.0, Unit::Perplexity)
        );
    }
}
