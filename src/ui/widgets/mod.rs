//! The teaching widgets. The file name is the name in a lesson's Markdown, and the CSS class.
//!
//! A widget knows the part of the state that it draws and the intents that it sends, no more.

pub mod adapter_shelf;
pub mod attention_map;
pub mod before_after;
pub mod classify_box;
pub mod confusion;
pub mod data_peek;
pub mod debug_program;
pub mod decision_guide;
pub mod example_steps;
pub mod export_script;
pub mod fill_mask;
pub mod forgetting_chart;
pub mod freeze_line;
pub mod frozen_proof;
pub mod generate_box;
pub mod glossary;
pub mod honesty_badge;
pub mod lora_program;
pub mod lora_rectangles;
pub mod loss_chart;
pub mod marked;
pub mod matched_modules;
pub mod matrix_lens;
pub mod mistakes;
pub mod next_token;
pub mod norm_chart;
pub mod parameter_map;
pub mod predict;
pub mod prompting;
pub mod remedy_panel;
pub mod run_panel;
pub mod schedule_chart;
pub mod schedule_drawing;
pub mod sketch_curve;
pub mod strategy_table;
pub mod sweep_scatter;
pub mod target_counts;
pub mod trainer_program;
pub mod try_box;
pub mod update_norms;
pub mod what_you_saw;

use leptos::prelude::*;

use super::desk::use_desk;
use super::text::widgets as text;
use crate::protocol::RunSummary;

/// What a finished run says, or honest words while there is none.
pub fn with_summary<V: IntoView + 'static>(
    show: impl Fn(&RunSummary) -> V + Send + 'static,
) -> impl IntoView {
    let desk = use_desk();
    let summary = desk.watch(|state| state.run.as_ref().and_then(|run| run.summary().cloned()));
    let is_going = desk.watch(|state| state.run.as_ref().is_some_and(|run| run.is_going()));
    move || match summary.get() {
        Some(summary) => show(&summary).into_any(),
        None => {
            let words = if is_going.get() {
                text::RUN_IS_GOING
            } else {
                text::NO_RUN_YET
            };
            view! { <p class="empty">{words}</p> }.into_any()
        }
    }
}
