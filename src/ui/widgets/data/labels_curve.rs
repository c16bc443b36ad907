//! What pre-training is worth, recorded: a model that has read, the same network that has not, and counting words, on
//! the same labelled texts, from few to all of them.

use leptos::prelude::*;

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

/// What one base reached with one number of labels, over its seeds.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Cell {
    base: &'static str,
    labels: usize,
    mean: f64,
    lowest: f64,
    highest: f64,
    seeds: usize,
}

/// `base`, `labels` and `accuracy` of a line.
fn parse(line: &'static str) -> Option<(&'static str, usize, f64)> {
    let fields: Vec<&str> = line.split(',').collect();
    let [base, labels, _, accuracy] = fields[..] else {
        return None;
    };
    Some((base, labels.parse().ok()?, accuracy.parse().ok()?))
}

fn cell(base: &'static str, labels: usize) -> Option<Cell> {
    let runs = RUNS.lines().skip(1).filter_map(parse);
    let of_cell = runs.filter(|run| (run.0, run.1) == (base, labels));
    let found: Vec<f64> = of_cell.map(|run| run.2).collect();
    (!found.is_empty()).then(|| Cell {
        base,
        labels,
        mean: found.iter().sum::<f64>() / found.len() as f64,
        lowest: found.iter().copied().fold(f64::INFINITY, f64::min),
        highest: found.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        seeds: found.len(),
    })
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
        let cells = sizes.iter().filter_map(|labels| cell(base, *labels));
        Series {
            name: (*name).into(),
            look: Look::Nth(index),
            points: cells.map(|cell| (cell.labels as f64, cell.mean)).collect(),
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
                .map(|labels| figures(cell(base, *labels)))
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
fn figures(cell: Option<Cell>) -> impl IntoView {
    let cell = cell?;
    let range = text::range(cell.lowest, cell.highest);
    Some(view! {
        <td>
            {number(cell.mean, format::percent(cell.mean))}
            " "
            <span class="quiet" hidden=cell.seeds < 2>{range}</span>
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
                assert!(cell(base, labels).is_some(), "{base} with {labels}");
            }
        }
    }

    /// What the lessons say of the chart.
    #[test]
    fn reading_is_worth_more_than_labels() {
        let mean = |base, labels| cell(base, labels).unwrap().mean;
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
