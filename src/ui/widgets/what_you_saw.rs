//! The recap's one sentence that the learner's own run writes.

use leptos::prelude::*;

use super::honesty_badge::{HonestyBadge, Origin};
use super::with_summary;
use crate::ui::desk::use_desk;
use crate::ui::format;
use crate::ui::text::widgets as text;

#[component]
pub fn WhatYouSaw() -> impl IntoView {
    let desk = use_desk();
    let counts = desk.watch(|state| {
        let plan = state.run.as_ref()?.plan.as_ref()?;
        Some((plan.trainable_parameters(), plan.total_parameters()))
    });
    let sentence = with_summary(move |summary| {
        let (trainable, total) = counts.get().unwrap_or_default();
        let words = text::saw(
            summary.before.accuracy,
            summary.after.accuracy,
            trainable,
            total,
            &format::duration(summary.total_millis),
        );
        view! { <p>{words} " " <HonestyBadge origin=Origin::Measured /></p> }
    });
    view! { <div class="what_you_saw">{sentence}</div> }
}
