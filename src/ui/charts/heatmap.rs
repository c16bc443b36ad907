//! A grid of values as coloured cells: orange above zero, blue below, the paper at zero.

use leptos::prelude::*;

/// Shades on each side of zero.
const SHADES: usize = 6;

/// Cells in `rows` rows of `columns`; the colours end at `most`, the largest magnitude shown.
#[component]
pub fn HeatMap(
    /// What it shows, for those who do not see it.
    title: String,
    rows: usize,
    columns: usize,
    values: Vec<f32>,
    most: f32,
) -> impl IntoView {
    let shades = paths(&values, columns, most)
        .into_iter()
        .map(|(class, path)| view! { <path class=class d=path></path> })
        .collect_view();
    view! {
        <svg
            class="heatmap"
            role="img"
            aria-label=title
            viewBox=format!("0 0 {columns} {rows}")
            preserveAspectRatio="none"
            shape-rendering="crispEdges"
        >
            {shades}
        </svg>
    }
}

/// The largest magnitude in several grids, so that they share one scale.
pub fn largest<'a>(grids: impl IntoIterator<Item = &'a [f32]>) -> f32 {
    grids
        .into_iter()
        .flatten()
        .fold(0.0_f32, |most, value| most.max(value.abs()))
}

/// One path for each shade that occurs, with its class: `above-3`, `below-1`.
fn paths(values: &[f32], columns: usize, most: f32) -> Vec<(String, String)> {
    let mut above = vec![String::new(); SHADES];
    let mut below = vec![String::new(); SHADES];
    for (index, value) in values.iter().enumerate() {
        let shade = (value.abs() / most.max(f32::MIN_POSITIVE) * SHADES as f32).ceil() as usize;
        if shade == 0 || !value.is_finite() {
            continue;
        }
        let side = if *value > 0.0 { &mut above } else { &mut below };
        let (x, y) = (index % columns, index / columns);
        side[shade.min(SHADES) - 1] += &format!("M{x} {y}h1v1h-1z");
    }
    let named = |name: &'static str, side: Vec<String>| {
        side.into_iter()
            .enumerate()
            .filter(|(_, path)| !path.is_empty())
            .map(move |(shade, path)| (format!("{name}-{}", shade + 1), path))
    };
    named("above", above).chain(named("below", below)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strongest_cells_have_the_strongest_shade() {
        let found = paths(&[0.0, 1.0, -0.5, 0.1], 2, 1.0);
        assert_eq!(
            found,
            [
                ("above-1".to_string(), "M1 1h1v1h-1z".to_string()),
                ("above-6".to_string(), "M1 0h1v1h-1z".to_string()),
                ("below-3".to_string(), "M0 1h1v1h-1z".to_string()),
            ]
        );
    }

    #[test]
    fn grids_share_a_scale() {
        assert_eq!(largest([&[0.5, -2.0][..], &[1.0][..]]), 2.0);
        assert_eq!(largest([]), 0.0);
    }
}
