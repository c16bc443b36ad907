//! Where a number comes from.

use leptos::prelude::*;

use crate::ui::text::widgets as text;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Computed on this machine, in this session.
    Measured,
    /// Recorded from a real run.
    Replayed,
    /// Arithmetic.
    Worked,
}

#[component]
pub fn HonestyBadge(origin: Origin) -> impl IntoView {
    let (kind, words, why) = match origin {
        Origin::Measured => ("measured", text::MEASURED, text::MEASURED_WHY),
        Origin::Replayed => ("replayed", text::REPLAYED, text::REPLAYED_WHY),
        Origin::Worked => ("worked", text::WORKED, text::WORKED_WHY),
    };
    view! {
        <span class="honesty_badge" data-origin=kind title=why>
            {words}
        </span>
    }
}
