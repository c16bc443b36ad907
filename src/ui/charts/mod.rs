//! Charts: pure geometry first, then SVG.

pub mod as_table;
pub mod attention;
pub mod gain_damage;
pub mod guessing;
pub mod heatmap;
pub mod line;
pub mod map_layout;
pub mod map_table;
pub mod picture;
pub mod plot;
pub mod save_chart;
pub mod scale;
pub mod scatter;
pub mod schedule_axes;
pub mod smooth;
pub mod table;
