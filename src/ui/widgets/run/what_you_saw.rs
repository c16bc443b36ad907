//! The recap's one sentence that the learner's own run writes.

use leptos::prelude::*;

use crate::ui::controls::honesty_badge::{HonestyBadge, Origin};
use crate::ui::page_context::use_page;
use crate::ui::text::format;
use crate::ui::text::widgets as text;
use crate::ui::widgets::Frame;
use crate::ui::widgets::with_summary;

pub const FRAME: Frame = Frame::InText;

#[component]
pub fn WhatYouSaw() -> impl IntoView {
    let page = use_page();
    let counts = page.watch(|state| {
        let plan = state.run.as_ref()?.plan.as_ref()?;
        Some((plan.trainable_parameters(), plan.total_parameters()))
    });
    let sentence = with_summary(move |summary| {
        let (trainable, total) = counts.get().unwrap_or_default();
        let words = text::saw(
            summary.test.before.accuracy,
            summary.test.after.accuracy,
            trainable,
            total,
            &format::duration(summary.total_millis),
        );
        view! { <p>{words} " " <HonestyBadge origin=Origin::Measured /></p> }
    });
    view! { <div class="what_you_saw">{sentence}</div> }
}
