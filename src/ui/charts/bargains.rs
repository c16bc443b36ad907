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

/// Left is spared, up is learned: the upper left corner is where to go. The careless run is at (1, 1).
pub fn bargains(points: &[Shares]) -> impl IntoView + use<> {
    let furthest = points
        .iter()
        .map(|p| p.damage)
        .fold(1.1, f64::max)
        .min(FURTHEST);
    let highest = points
        .iter()
        .map(|p| p.gain)
        .fold(1.2, f64::max)
        .min(FURTHEST);
    let x = Scale::new((0.0, furthest), (MARGIN, WIDTH - MARGIN / 2.0));
    let y = Scale::new((0.0, highest), (HEIGHT - MARGIN, MARGIN / 2.0));
    let dots: Vec<_> = points
        .iter()
        .enumerate()
        .map(|(index, point)| {
            let (cx, cy) = (
                x.map(point.damage.clamp(0.0, furthest)),
                y.map(point.gain.clamp(0.0, highest)),
            );
            view! {
                <circle class="attempt" cx=cx cy=cy r="9"></circle>
                <text class="tick" x=cx y=cy text-anchor="middle" dominant-baseline="central">
                    {index + 1}
                </text>
            }
        })
        .collect();
    let (left, bottom) = (x.map(0.0), y.map(0.0));
    view! {
        <svg class="scatter" viewBox=format!("0 0 {WIDTH} {HEIGHT}") role="img" aria-label=text::SCATTER>
            <rect
                class="goal"
                x=left
                y=y.map(highest)
                width=x.map(text::GOAL_DAMAGE) - left
                height=y.map(text::GOAL_GAIN) - y.map(highest)
            ></rect>
            <line class="axis" x1=left x2=x.map(furthest) y1=bottom y2=bottom></line>
            <line class="axis" x1=left x2=left y1=bottom y2=y.map(highest)></line>
            <text class="tick" x=x.map(furthest) y=bottom + 30.0 text-anchor="end">{text::AXIS_DAMAGE}</text>
            <text class="tick" x=left y=12.0>{text::AXIS_GAIN}</text>
            <text class="tick" x=x.map(1.0) y=bottom + 14.0 text-anchor="middle">"100%"</text>
            <text class="tick" x=left y=bottom + 14.0 text-anchor="middle">"0"</text>
            <text class="tick" x=left - 6.0 y=y.map(1.0) text-anchor="end" dominant-baseline="middle">"100%"</text>
            <circle class="careless" cx=x.map(1.0) cy=y.map(1.0) r="9"></circle>
            <text class="tick" x=x.map(1.0) y=y.map(1.0) text-anchor="middle" dominant-baseline="central">"0"</text>
            {dots}
        </svg>
    }
}
