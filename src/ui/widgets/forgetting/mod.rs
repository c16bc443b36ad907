//! What a run costs of what the model could do before.

pub mod forgetting_chart;
pub mod remedy_panel;
pub mod sweep_scatter;
