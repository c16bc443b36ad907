//! The teaching widgets, in folders by what they are about. The file name is the name in a lesson's Markdown, and the
//! CSS class.
//!
//! A file that says how wide its `FRAME` is, is a widget: the build finds it there, and writes the list of what lessons can
//! name. Besides the file, a new widget needs its line in the folder's `mod.rs`, by which rustfmt and editors find it.
//!
//! A widget knows the part of the state that it draws and the intents that it sends, no more.

pub mod asking;
pub mod data;
pub mod forgetting;
pub mod guide;
pub mod programs;
pub mod run;
pub mod schedule;
pub mod strategy;
pub mod weights;

use leptos::prelude::*;

use crate::lessons::Widget;
use crate::protocol::{RunSummary, SplitSummary};
use crate::ui::page_context::use_page;
use crate::ui::text::widgets as text;

/// How much room a widget takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Frame {
    /// Wider than the text.
    Wide,
    /// As wide as the text.
    InText,
}

impl Frame {
    pub fn class(self) -> &'static str {
        match self {
            Self::Wide => "exhibit",
            Self::InText => "exhibit in-text",
        }
    }
}

include!(concat!(env!("OUT_DIR"), "/widgets.rs"));

/// What a finished run says, or honest words while there is none.
pub fn with_summary<V: IntoView + 'static>(
    show: impl Fn(&RunSummary) -> V + Send + 'static,
) -> impl IntoView {
    let summary =
        use_page().watch(|state| state.run.as_ref().and_then(|run| run.summary().cloned()));
    move || match summary.get() {
        Some(summary) => show(&summary).into_any(),
        None => nothing_yet().into_any(),
    }
}

/// The same of the split whose scores are shown.
pub fn with_split<V: IntoView + 'static>(
    show: impl Fn(&SplitSummary) -> V + Send + 'static,
) -> impl IntoView {
    let page = use_page();
    let split = page.shown_split();
    let found = page.watch(move |state| state.run.as_ref()?.came_to(split.get()).cloned());
    move || match found.get() {
        Some(found) => show(&found).into_any(),
        None => nothing_yet().into_any(),
    }
}

fn nothing_yet() -> impl IntoView {
    let is_going = use_page().watch(|state| state.run.as_ref().is_some_and(|run| run.is_going()));
    let words = move || match is_going.get() {
        true => text::RUN_IS_GOING,
        false => text::NO_RUN_YET,
    };
    view! { <p class="empty">{words}</p> }
}
