//! Words of the chart of what labels are worth to whom.

use crate::ui::text::format;

/// Who was measured, as the record names them and as the page does.
pub const BASES: [(&str, &str); 4] = [
    ("minilm", "MiniLM, which has read"),
    ("words", "counting words"),
    ("nano", "nano, which has read story books"),
    ("random", "MiniLM's network with random numbers"),
];

pub const TITLE: &str = "Share of held-out texts that are sorted right, by the number of labelled texts. Use the arrow keys to read values.";
pub const X: &str = "labelled texts";
pub const Y: &str = "held-out texts sorted right";
pub const TABLE: &str =
    "The same with the range over the seeds, five each, three of the random network";
pub const MODEL: &str = "who sorts";
pub const GUESSING: &str = "always the same page";
/// Five pages with as many texts each.
pub const GUESSING_SHARE: f64 = 0.2;

pub fn with_labels(labels: usize) -> String {
    format!("{labels} labels")
}

pub fn range(lowest: f64, highest: f64) -> String {
    format!(
        "{} to {}",
        format::percent(lowest),
        format::percent(highest)
    )
}
