//! What pre-training is worth, recorded: a model that has read, the same network that has not, and counting words, on
//! the same labelled texts, from few to all of them.

use leptos::prelude::*;

use crate::stats::spread::{Spread, spread};
use crate::ui::charts::line::LineChart;
use crate::ui::charts::plot::{Level, LineData, Look, Series, Unit};
use crate::ui::controls::honesty_badge::{HonestyBadge, Origin};
use crate::ui::controls::number::number;
use crate::ui::text::format;
use crate::ui::text::labels as text;
use crate::ui::widgets::Frame;

pub const FRAME: Frame = Frame::Wide;

/// Written by `tests/data/labels.py`: `base,labels,seed,accuracy`, a line a run.
const RUNS: &str = include_str!("../../../../www/recorded/labels.csv");

/// `base`, `labels` and `accuracy` of a line.
fn parse(line: &'static str) -> Option<(&'static str, usize, f64)> {
    let fields: Vec<&str> = line.split(',').collect();
    let [base, labels, _, accuracy] = fields[..] else {
        return None;
    };
    Some((base, labels.parse().ok()?, accuracy.parse().ok()?))
}

/// What a base reached with so many labels, over its seeds.
fn reached(base: &str, labels: usize) -> Option<Spread> {
    let runs = RUNS.lines().skip(1).filter_map(parse);
    let of_cell = runs.filter(|run| (run.0, run.1) == (base, labels));
    spread(of_cell.map(|run| run.2))
}

/// How many labels there were, ascending.
fn sizes() -> Vec<usize> {
    let mut sizes: Vec<usize> = RUNS
        .lines()
        .skip(1)
        .filter_map(parse)
        .map(|run| run.1)
        .collect();
    sizes.sort_unstable();
    sizes.dedup();
    sizes
}

fn chart() -> LineData {
    let sizes = sizes();
    let series = text::BASES.iter().enumerate().map(|(index, (base, name))| {
        let means = sizes
            .iter()
            .filter_map(|labels| Some((*labels as f64, reached(base, *labels)?.mean)));
        Series {
            name: (*name).into(),
            look: Look::Nth(index),
            points: means.collect(),
        }
    });
    LineData {
        series: series.filter(|series| !series.points.is_empty()).collect(),
        levels: vec![Level {
            name: text::GUESSING,
            y: text::GUESSING_SHARE,
        }],
        x_end: sizes.last().copied().unwrap_or(0) as f64,
        unit: Unit::Share,
        ..LineData::default()
    }
}

#[component]
pub fn LabelsCurve() -> impl IntoView {
    let data = Memo::new(|_| chart());
    let sizes = sizes();
    let heads: Vec<_> = sizes
        .iter()
        .map(|labels| view! { <th scope="col">{text::with_labels(*labels)}</th> })
        .collect();
    let rows: Vec<_> = text::BASES
        .iter()
        .map(|(base, name)| {
            let cells: Vec<_> = sizes
                .iter()
                .map(|labels| figures(reached(base, *labels)))
                .collect();
            view! { <tr><th scope="row">{*name}</th>{cells}</tr> }
        })
        .collect();
    view! {
        <div data-testid="labels-curve">
            <LineChart title=text::TITLE x_name=text::X y_name=text::Y data testid="labels-chart" />
            <div class="scroll" tabindex="0" role="region" aria-label=text::TABLE>
                <table>
                    <thead><tr><th scope="col">{text::MODEL}</th>{heads}</tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            <p class="origin"><HonestyBadge origin=Origin::Replayed /></p>
        </div>
    }
}

/// The mean, and from where to where the seeds go.
fn figures(reached: Option<Spread>) -> impl IntoView {
    let reached = reached?;
    let range = text::range(reached.lowest, reached.highest);
    Some(view! {
        <td>
            {number(reached.mean, format::percent(reached.mean))}
            " "
            <span class="quiet" hidden=reached.count < 2>{range}</span>
        </td>
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_of_a_base_that_the_chart_names_and_every_base_has_every_size() {
        let known: Vec<&str> = text::BASES.iter().map(|(base, _)| *base).collect();
        let runs: Vec<_> = RUNS
            .lines()
            .skip(1)
            .map(|line| parse(line).unwrap())
            .collect();
        assert!(runs.iter().all(|run| known.contains(&run.0)));
        for base in known {
            for labels in sizes() {
                assert!(reached(base, labels).is_some(), "{base} with {labels}");
            }
        }
    }

    /// What the lessons say of the chart.
    #[test]
    fn reading_is_worth_more_than_labels() {
        let mean = |base, labels| reached(base, labels).unwrap().mean;
        let all = *sizes().last().unwrap();
        for labels in sizes() {
            assert!(
                mean("minilm", labels) > mean("words", labels) + 0.1,
                "{labels}"
            );
            assert!(
                mean("minilm", labels) > mean("random", labels) + 0.2,
                "{labels}"
            );
        }
        assert!(mean("minilm", sizes()[1]) > mean("words", all));
    }
}
