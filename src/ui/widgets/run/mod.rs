//! A run: its settings, its curves, and what came out.

pub mod before_after;
pub mod loss_chart;
pub mod norm_chart;
pub mod predict;
pub mod run_panel;
pub mod sketch_curve;
pub mod split_batch;
pub mod take_home;
pub mod what_you_saw;
