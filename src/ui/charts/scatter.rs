//! Points in a plane: what one thing cost of another.

use leptos::prelude::*;

use super::plot::{Look, Unit};
use super::scale::{Scale, ticks};

const WIDTH: f64 = 560.0;
const HEIGHT: f64 = 300.0;
const LEFT: f64 = 52.0;
const BOTTOM: f64 = 44.0;
const MARGIN: f64 = 18.0;

/// One point, with the number that stands in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Dot {
    pub x: f64,
    pub y: f64,
    pub number: usize,
    pub look: Look,
}

/// Scales that hold every point and zero, with a little room around.
fn scales(dots: &[Dot]) -> (Scale, Scale) {
    let reach = |of: fn(&Dot) -> f64| {
        let values = dots.iter().map(of).chain([0.0]);
        let (low, high) = values.fold((0.0f64, 0.0f64), |(low, high), v| (low.min(v), high.max(v)));
        let room = 0.08 * (high - low).max(1e-6);
        (if low < 0.0 { low - room } else { 0.0 }, high + room)
    };
    let x = Scale::new(reach(|dot| dot.x), (LEFT, WIDTH - MARGIN));
    let y = Scale::new(reach(|dot| dot.y), (HEIGHT - BOTTOM, MARGIN));
    (x, y)
}

/// `title` for those who do not see it; the caller shows a table beside it.
pub fn scatter(
    dots: &[Dot],
    title: &'static str,
    x_name: &'static str,
    y_name: String,
) -> impl IntoView + use<> {
    let (x, y) = scales(dots);
    let (bottom, left) = (y.range.0, x.range.0);
    let x_ticks = ticks(x.domain.0, x.domain.1, 5).into_iter().map(|value| {
        let at = x.map(value);
        view! {
            <line class="axis" x1=at x2=at y1=bottom y2=bottom + 4.0></line>
            <text class="tick" x=at y=bottom + 17.0 text-anchor="middle">{Unit::Norm.format(value)}</text>
        }
    });
    let y_ticks = ticks(y.domain.0, y.domain.1, 4).into_iter().map(|value| {
        let at = y.map(value);
        view! {
            <line class="grid" x1=left x2=WIDTH - MARGIN y1=at y2=at></line>
            <text class="tick" x=left - 6.0 y=at text-anchor="end" dominant-baseline="middle">
                {Unit::Norm.format(value)}
            </text>
        }
    });
    let dots = dots.iter().map(|dot| {
        let class = format!("dot {}", dot.look.class());
        let (x, y) = (x.map(dot.x), y.map(dot.y));
        view! {
            <circle class=class cx=x cy=y r="9"></circle>
            <text class="tick" x=x y=y text-anchor="middle" dominant-baseline="central">{dot.number}</text>
        }
    });
    view! {
        <p class="axis-name">{y_name}</p>
        <svg class="scatter" viewBox=format!("0 0 {WIDTH} {HEIGHT}") role="img" aria-label=title>
            {y_ticks.collect_view()}
            {x_ticks.collect_view()}
            <line class="axis" x1=left x2=WIDTH - MARGIN y1=bottom y2=bottom></line>
            <line class="axis" x1=left x2=left y1=bottom y2=MARGIN></line>
            <text class="tick" x=WIDTH - MARGIN y=bottom + 36.0 text-anchor="end">{x_name}</text>
            {dots.collect_view()}
        </svg>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_point_and_zero_lie_inside() {
        let dot = |x, y| Dot {
            x,
            y,
            number: 1,
            look: Look::Nth(0),
        };
        let (x, y) = scales(&[dot(30.0, 12.0), dot(2.0, -4.0)]);
        assert_eq!(x.domain.0, 0.0);
        assert!(x.domain.1 > 30.0 && y.domain.0 < -4.0 && y.domain.1 > 12.0);
        let (x, _) = scales(&[]);
        assert!(x.domain.0 < x.domain.1, "an axis has a length");
    }
}
