//! The learning rate over the steps of a run.

pub mod schedule_chart;
pub mod schedule_drawing;
