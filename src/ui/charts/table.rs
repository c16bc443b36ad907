//! A chart's data as a table, for those who do not see the chart and for those who check it.

use leptos::prelude::*;

use super::as_table::as_table_and_picture;
use super::plot::{LineData, Look};
use crate::ui::text::charts as text;
use crate::ui::text::format;

/// One x, and each series' value there.
#[derive(Debug, Clone, PartialEq)]
struct Row {
    x: f64,
    cells: Vec<Option<f64>>,
}

/// The value of each series, then both edges of each band.
fn cells(data: &LineData, x: f64) -> Vec<Option<f64>> {
    let values = data.series.iter().map(|series| series.at(x));
    let edges = data.bands.iter().flat_map(|band| {
        let place = band.points.binary_search_by(|(at, ..)| at.total_cmp(&x));
        let found = place.ok().map(|place| band.points[place]);
        [found.map(|(_, low, _)| low), found.map(|(_, _, high)| high)]
    });
    values.chain(edges).collect()
}

/// What `cells` are, in the same order.
fn names(data: &LineData) -> Vec<String> {
    let names = data.series.iter().map(|series| series.name.to_string());
    let edges = data.bands.iter();
    let edges = edges.flat_map(|band| [text::lowest(&band.name), text::highest(&band.name)]);
    names.chain(edges).collect()
}

fn rows(data: &LineData) -> Vec<Row> {
    let row = |x| Row {
        x,
        cells: cells(data, x),
    };
    let xs = data.xs();
    let marked: Vec<f64> = data
        .series
        .iter()
        .filter(|series| series.look == Look::Marked)
        .flat_map(|series| series.points.iter().map(|(x, _)| *x))
        .collect();
    let stride = xs.len() / MOST_ROWS + 1;
    let last = xs.len().saturating_sub(1);
    let is_kept =
        |index: usize, x: f64| index.is_multiple_of(stride) || index == last || marked.contains(&x);
    xs.iter()
        .enumerate()
        .filter(|(index, x)| is_kept(*index, **x))
        .map(|(_, x)| row(*x))
        .collect()
}

/// A longer series is thinned to about as many.
const MOST_ROWS: usize = 1000;

/// A row that changes is a new row.
fn key(row: &Row) -> Vec<u64> {
    let bits = |cell: &Option<f64>| cell.map_or(u64::MAX, f64::to_bits);
    std::iter::once(row.x.to_bits())
        .chain(row.cells.iter().map(bits))
        .collect()
}

/// The table behind a "data as a table" switch.
#[component]
pub fn DataTable(
    caption: &'static str,
    x_name: &'static str,
    data: Memo<LineData>,
) -> impl IntoView {
    let heads = move || {
        data.with(names)
            .into_iter()
            .map(|name| view! { <th scope="col">{name}</th> })
            .collect_view()
    };
    let cell = move |value: Option<f64>| {
        let unit = data.with_untracked(|data| data.unit);
        let words = value.map(|value| unit.format(value)).unwrap_or_default();
        let exact = value.map(|value| value.to_string());
        view! { <td data-value=exact>{words}</td> }
    };
    as_table_and_picture(
        caption,
        view! {
                        <caption class="visually-hidden">{caption}</caption>
                        <thead>
                            <tr>
                                <th scope="col">{x_name}</th>
                                {heads}
                            </tr>
                        </thead>
                        <tbody>
                            <For each=move || data.with(rows) key=key let:row>
                                <tr>
                                    <th scope="row">{format::plain(row.x, 0)}</th>
                                    {row.cells.iter().map(|value| cell(*value)).collect_view()}
                                </tr>
                            </For>
                        </tbody>
        },
    )
}

#[cfg(test)]
mod tests {
    use super::super::plot::{Band, Series};
    use super::*;

    #[test]
    fn a_row_for_every_x_with_gaps_where_a_series_has_none() {
        let series = |name: &'static str, points: &[(f64, f64)]| Series {
            name: name.into(),
            look: Look::Bold,
            points: points.to_vec(),
        };
        let data = LineData {
            series: vec![
                series("training", &[(0.0, 0.7), (1.0, 0.6)]),
                series("validation", &[(1.0, 0.65)]),
            ],
            bands: vec![Band {
                name: "runs".into(),
                look: Look::Bold,
                points: vec![(1.0, 0.5, 0.8)],
            }],
            ..Default::default()
        };
        assert_eq!(names(&data).len(), 4);
        let rows = rows(&data);
        assert_eq!(rows[0].cells, [Some(0.7), None, None, None]);
        assert_eq!(rows[1].cells, [Some(0.6), Some(0.65), Some(0.5), Some(0.8)]);
        assert_ne!(key(&rows[0]), key(&rows[1]));
    }
}
