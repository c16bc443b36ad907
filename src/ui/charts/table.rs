//! A chart's data as a table, for those who do not see the chart and for those who check it.

use leptos::prelude::*;

use super::plot::{LineData, Look};
use crate::ui::text::charts as text;
use crate::ui::text::format;

/// One x, and each series' value there.
#[derive(Debug, Clone, PartialEq)]
struct Row {
    x: f64,
    cells: Vec<Option<f64>>,
}

fn rows(data: &LineData) -> Vec<Row> {
    let row = |x| Row {
        x,
        cells: data.series.iter().map(|series| series.at(x)).collect(),
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
    let names = move || data.with(|data| data.series.iter().map(|s| s.name).collect::<Vec<_>>());
    let heads = move || {
        names()
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
    view! {
        <details class="chart-data">
            <summary>{text::AS_TABLE}</summary>
            <div class="scroll" tabindex="0" role="region" aria-label=caption>
                <table>
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
                </table>
            </div>
        </details>
    }
}

#[cfg(test)]
mod tests {
    use super::super::plot::Series;
    use super::*;

    #[test]
    fn a_row_for_every_x_with_gaps_where_a_series_has_none() {
        let series = |name, points: &[(f64, f64)]| Series {
            name,
            look: Look::Bold,
            points: points.to_vec(),
        };
        let data = LineData {
            series: vec![
                series("training", &[(0.0, 0.7), (1.0, 0.6)]),
                series("validation", &[(1.0, 0.65)]),
            ],
            ..Default::default()
        };
        let rows = rows(&data);
        assert_eq!(rows[0].cells, [Some(0.7), None]);
        assert_eq!(rows[1].cells, [Some(0.6), Some(0.65)]);
        assert_ne!(key(&rows[0]), key(&rows[1]));
    }
}
