//! Runs by the gain they kept and the damage they left, as shares of a careless run's.

use leptos::prelude::*;

use super::scale::Scale;
use crate::ui::text::remedies as text;

const WIDTH: f64 = 560.0;
const HEIGHT: f64 = 300.0;
const MARGIN: f64 = 44.0;
/// What lies further out is drawn at the edge.
const FURTHEST: f64 = 2.0;

/// Shares of the careless run's gain and damage that a run has.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shares {
    pub gain: f64,
    pub damage: f64,
}

/// Where the axes are labelled, in shares.
const DAMAGE_TICKS: [f64; 5] = [0.0, 0.05, 0.2, 0.5, 1.0];
const GAIN_TICKS: [f64; 3] = [0.0, 0.5, 1.0];

/// Both axes for a set of runs. Damage goes by its square root: most remedies leave little of it, and lie apart so.
struct Axes {
    root: Scale,
    gain: Scale,
    furthest: f64,
    highest: f64,
}

impl Axes {
    fn of(points: &[Shares]) -> Self {
        let most = |share: fn(&Shares) -> f64, least: f64| {
            let largest = points.iter().map(share).fold(least, f64::max);
            largest.min(FURTHEST)
        };
        let (furthest, highest) = (most(|p| p.damage, 1.1), most(|p| p.gain, 1.2));
        Self {
            root: Scale::new((0.0, furthest.sqrt()), (MARGIN, WIDTH - MARGIN / 2.0)),
            gain: Scale::new((0.0, highest), (HEIGHT - MARGIN, MARGIN / 2.0)),
            furthest,
            highest,
        }
    }

    /// A run that did less damage than none stands on the axis.
    fn x(&self, damage: f64) -> f64 {
        self.root.map(damage.clamp(0.0, self.furthest).sqrt())
    }

    fn y(&self, gain: f64) -> f64 {
        self.gain.map(gain.clamp(0.0, self.highest))
    }
}

/// Left is spared, up is learned: the upper left corner is where to go. The careless run is at (1, 1).
pub fn gain_damage(points: &[Shares]) -> impl IntoView + use<> {
    let axes = Axes::of(points);
    let dots: Vec<_> = points
        .iter()
        .enumerate()
        .map(|(index, point)| {
            dot(
                "attempt",
                index + 1,
                axes.x(point.damage),
                axes.y(point.gain),
            )
        })
        .collect();
    let (left, bottom, top) = (axes.x(0.0), axes.y(0.0), axes.y(axes.highest));
    let right = axes.x(axes.furthest);
    let damage_ticks = DAMAGE_TICKS.map(|share| {
        let x = axes.x(share);
        view! {
            <line class="axis" x1=x x2=x y1=bottom y2=bottom + 4.0></line>
            <text class="tick" x=x y=bottom + 17.0 text-anchor="middle">{text::share(share)}</text>
        }
    });
    let gain_ticks = GAIN_TICKS.map(|share| {
        let y = axes.y(share);
        view! {
            <text class="tick" x=left - 6.0 y=y text-anchor="end" dominant-baseline="middle">
                {text::share(share)}
            </text>
        }
    });
    view! {
        <svg class="scatter" viewBox=format!("0 0 {WIDTH} {HEIGHT}") role="img" aria-label=text::SCATTER>
            <rect
                class="goal"
                x=left
                y=top
                width=axes.x(text::GOAL_DAMAGE) - left
                height=axes.y(text::GOAL_GAIN) - top
            ></rect>
            <line class="axis" x1=left x2=right y1=bottom y2=bottom></line>
            <line class="axis" x1=left x2=left y1=bottom y2=top></line>
            {damage_ticks.into_iter().collect_view()}
            {gain_ticks.into_iter().collect_view()}
            <text class="tick" x=right y=bottom + 34.0 text-anchor="end">{text::AXIS_DAMAGE}</text>
            <text class="tick" x=left y=12.0>{text::AXIS_GAIN}</text>
            {dots}
            {dot("careless", 0, axes.x(1.0), axes.y(1.0))}
        </svg>
    }
}

fn dot(class: &'static str, number: usize, x: f64, y: f64) -> impl IntoView {
    view! {
        <circle class=class cx=x cy=y r="9"></circle>
        <text class="tick" x=x y=y text-anchor="middle" dominant-baseline="central">
            {number}
        </text>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_run_has_a_place_in_the_picture() {
        let run = |gain, damage| Shares { gain, damage };
        let axes = Axes::of(&[run(1.3, 0.05), run(-0.2, 40.0)]);
        assert_eq!(axes.x(-0.1), axes.x(0.0));
        assert_eq!(axes.x(40.0), axes.x(FURTHEST));
        assert_eq!(axes.y(-0.2), HEIGHT - MARGIN);
        assert!(axes.y(1.3) < axes.y(1.0));
        assert!(axes.x(0.05) - axes.x(0.0) > 0.15 * (axes.x(1.0) - axes.x(0.0)));
    }
}
