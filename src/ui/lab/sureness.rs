//! The reliability diagram of the last run: whether its answers are as often right as they are sure.

use leptos::prelude::*;

use crate::protocol::{ClassAnswers, Split};
use crate::stats::calibration::{Bin, bins, expected_error};
use crate::ui::charts::as_table::as_table_and_picture;
use crate::ui::controls::number::number;
use crate::ui::page_context::use_page;
use crate::ui::text::format;
use crate::ui::text::judging as text;

const BINS: usize = 10;
const SIDE: f64 = 300.0;
const MARGIN: f64 = 44.0;

/// Each answer's probability, and whether it was right; of equals the last one is the answer, as the engine has it.
fn answers(classes: &ClassAnswers) -> Vec<(f64, bool)> {
    let answer = |(probabilities, truth): (&[f32], usize)| {
        let best = probabilities.iter().enumerate();
        let best = best.max_by(|a, b| a.1.total_cmp(b.1));
        let (place, probability) = best.unwrap_or((0, &0.0));
        (f64::from(*probability), place == truth)
    };
    classes.rows().map(answer).collect()
}

#[component]
pub fn Sureness() -> impl IntoView {
    let page = use_page();
    let split = page.shown_split();
    let found = page.watch(move |state| {
        let summary = state.run.as_ref()?.came_to(split.get())?;
        let answers = answers(summary.classes.as_ref()?);
        (!answers.is_empty()).then(|| bins(&answers, BINS))
    });
    move || match found.get() {
        None => view! { <p class="empty">{text::SURENESS_NONE}</p> }.into_any(),
        Some(bins) => shown(&bins, split.get()).into_any(),
    }
}

fn shown(bins: &[Bin], split: Split) -> impl IntoView + use<> {
    let error = expected_error(bins);
    view! {
        <div class="sureness" data-testid="sureness">
            <p class="number" data-value=error.to_string()>{text::expected_error(error, split)}</p>
            {diagram(bins)}
            {table(bins)}
        </div>
    }
}

/// Bars of accuracy over the probabilities, and the line on which both are the same.
fn diagram(bins: &[Bin]) -> impl IntoView + use<> {
    let x = |value: f64| MARGIN + value * (SIDE - 2.0 * MARGIN);
    let y = |value: f64| SIDE - x(value);
    let bars = bins.iter().filter(|bin| bin.answers > 0).map(|bin| {
        view! {
            <rect
                class="bar"
                x=x(bin.from) + 1.0
                y=y(bin.accuracy)
                width=x(bin.to) - x(bin.from) - 2.0
                height=y(0.0) - y(bin.accuracy)
            ></rect>
            <circle class="mean" cx=x(bin.sureness) cy=y(bin.accuracy) r="3.5"></circle>
        }
    });
    let ticks = [0.0, 0.5, 1.0].map(|value| {
        view! {
            <text class="tick" x=x(value) y=y(0.0) + 17.0 text-anchor="middle">{format::percent(value)}</text>
            <text class="tick" x=x(0.0) - 6.0 y=y(value) text-anchor="end" dominant-baseline="middle">
                {format::percent(value)}
            </text>
        }
    });
    view! {
        <p class="axis-name">{text::SURENESS_Y}</p>
        <svg
            class="scatter reliability"
            viewBox=format!("0 0 {SIDE} {SIDE}")
            role="img"
            aria-label=text::SURENESS_CHART
        >
            {bars.collect_view()}
            <line class="axis" x1=x(0.0) x2=x(1.0) y1=y(0.0) y2=y(0.0)></line>
            <line class="axis" x1=x(0.0) x2=x(0.0) y1=y(0.0) y2=y(1.0)></line>
            <line class="level" x1=x(0.0) x2=x(1.0) y1=y(0.0) y2=y(1.0)></line>
            {ticks.into_iter().collect_view()}
            <text class="tick" x=x(1.0) y=y(0.0) + 34.0 text-anchor="end">{text::SURENESS_X}</text>
        </svg>
    }
}

fn table(bins: &[Bin]) -> impl IntoView + use<> {
    let rows = bins.iter().filter(|bin| bin.answers > 0).map(|bin| {
        view! {
            <tr>
                <th scope="row">{text::bin(bin.from, bin.to)}</th>
                <td>{format::count(bin.answers)}</td>
                <td>{number(bin.sureness, format::percent(bin.sureness))}</td>
                <td>{number(bin.accuracy, format::percent(bin.accuracy))}</td>
            </tr>
        }
    });
    let heads = text::SURENESS_COLUMNS.map(|name| view! { <th scope="col">{name}</th> });
    as_table_and_picture(
        text::SURENESS_CHART,
        view! {
                    <thead><tr>{heads.into_iter().collect_view()}</tr></thead>
                    <tbody>{rows.collect_view()}</tbody>
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_surest_label_is_the_answer() {
        let classes = ClassAnswers {
            truths: vec![1, 0, 1],
            probabilities: vec![0.25, 0.75, 0.25, 0.75, 0.5, 0.5],
        };
        assert_eq!(
            answers(&classes),
            [(0.75, true), (0.75, false), (0.5, true)]
        );
    }
}
