//! How many of a lesson's checks are passed, in words and as a bar.

use leptos::prelude::*;

use crate::lessons::Outline;
use crate::ui::page_context::use_page;
use crate::ui::text::lessons as text;

/// Checks passed, and all there are.
pub fn passed(lesson: &'static Outline) -> Memo<(usize, usize)> {
    let page = use_page();
    Memo::new(move |_| page.progress.with(|progress| progress.count(lesson)))
}

pub fn in_words(count: Memo<(usize, usize)>) -> impl Fn() -> String + Copy + Send + Sync + 'static {
    move || {
        let (passed, all) = count.get();
        text::checks_passed(passed, all)
    }
}

#[component]
pub fn PassedGauge(count: Memo<(usize, usize)>) -> impl IntoView {
    let share = move || {
        let (passed, all) = count.get();
        format!("--done: {}", passed as f64 / all.max(1) as f64)
    };
    view! { <span class="gauge" style=share aria-hidden="true"></span> }
}
