//! W, A and B as rectangles to scale, for any width and rank.

use leptos::prelude::*;

use crate::ui::controls::honesty_badge::{HonestyBadge, Origin};
use crate::ui::controls::slider::Slider;
use crate::ui::text::widgets as text;
use crate::ui::widgets::Frame;

pub const FRAME: Frame = Frame::Wide;

const WIDTHS: [usize; 8] = [64, 128, 256, 512, 768, 1024, 2048, 4096];
const FIRST_WIDTH: usize = 4;
const RANKS: [usize; 12] = [1, 2, 4, 8, 16, 32, 64, 128, 256, 384, 512, 768];
const FIRST_RANK: usize = 3;

#[component]
pub fn LoraRectangles() -> impl IntoView {
    let width_at = RwSignal::new(FIRST_WIDTH);
    let rank_at = RwSignal::new(FIRST_RANK);
    let width = move || WIDTHS[width_at.get()];
    let rank = move || RANKS[rank_at.get()].min(width());
    let sentence = move || text::rectangles(width(), rank());
    let share = move || 2.0 * rank() as f64 / width() as f64;
    view! {
        <div class="lora_rectangles">
            <div class="sliders">
                <Slider
                    id="rectangles-width"
                    label=text::WIDTH
                    value=Signal::derive(move || width_at.get() as f64)
                    min=0.0
                    max=(WIDTHS.len() - 1) as f64
                    step=1.0
                    words=Signal::derive(move || width().to_string())
                    on_slide=move |at| width_at.set(at as usize)
                />
                <Slider
                    id="rectangles-rank"
                    label=text::RANK
                    value=Signal::derive(move || rank_at.get() as f64)
                    min=0.0
                    max=(RANKS.len() - 1) as f64
                    step=1.0
                    words=Signal::derive(move || rank().to_string())
                    on_slide=move |at| rank_at.set(at as usize)
                />
            </div>
            {move || drawing(width(), rank())}
            <p class="reading" data-value=move || share().to_string() aria-live="polite">
                {sentence}
                " "
                <HonestyBadge origin=Origin::Worked />
            </p>
        </div>
    }
}

/// W beside B with A on top of it, so that the product B·A can be seen to have W's shape.
pub fn drawing(width: usize, rank: usize) -> impl IntoView {
    const SIDE: f64 = 200.0;
    const GAP: f64 = 14.0;
    const LABELS: f64 = 32.0;
    let thin = (SIDE * rank as f64 / width as f64).max(1.0);
    let pair_left = SIDE + 56.0;
    let (b_top, a_left) = (LABELS + thin + GAP, pair_left + thin + GAP);
    let view_width = a_left + SIDE + 8.0;
    let view_height = b_top + SIDE + 6.0;
    let w_top = b_top;
    view! {
        <svg
            class="drawing"
            viewBox=format!("0 0 {view_width} {view_height}")
            role="img"
            aria-label=text::rectangles(width, rank)
        >
            <defs>
                <pattern id="hatch" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
                    <rect class="hatch-ground" width="7" height="7"></rect>
                    <line class="hatch-line" x1="0" y1="0" x2="0" y2="7"></line>
                </pattern>
            </defs>
            <rect class="frozen" x="1" y=w_top width=SIDE height=SIDE fill="url(#hatch)"></rect>
            <text class="name frozen-ink" x=SIDE / 2.0 y=w_top - 8.0 text-anchor="middle">
                "W"
            </text>
            <text class="plus" x=SIDE + 28.0 y=w_top + SIDE / 2.0 text-anchor="middle">
                "+"
            </text>
            <rect class="ghost" x=a_left y=b_top width=SIDE height=SIDE></rect>
            <text class="ghost-name" x=a_left + SIDE / 2.0 y=b_top + SIDE / 2.0 text-anchor="middle">
                "B A"
            </text>
            <rect class="trainable" x=pair_left y=b_top width=thin height=SIDE></rect>
            <text class="name trainable-ink" x=pair_left + thin / 2.0 y=b_top - 8.0 text-anchor="middle">
                "B"
            </text>
            <rect class="trainable" x=a_left y=LABELS width=SIDE height=thin></rect>
            <text class="name trainable-ink" x=a_left + SIDE / 2.0 y=LABELS - 8.0 text-anchor="middle">
                "A"
            </text>
        </svg>
    }
}
