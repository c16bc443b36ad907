//! What each strategy trains, and what it costs.

pub mod costs;
pub mod counted_model;
pub mod freeze_line;
pub mod lora_rectangles;
pub mod matched_modules;
pub mod strategy_table;
pub mod target_counts;
