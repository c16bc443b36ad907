//! Words of the shelf of adapters.

use crate::ui::text::format;

pub const EMPTY: &str =
    "Nothing here yet: every LoRA run that comes to its end leaves its adapter on this shelf.";
pub const VOLUME: &str = "Volume";
pub const MERGE: &str = "Merge: add the products into W, once, instead of computing them beside it";
pub const GOING: &str = "Changing …";
pub const AS_TRAINED: &str = "The newest one answers, as it was trained.";

pub const NO_ADAPTER: &str = "The last run has left no adapter here, and its own weights answer. Choose one to let it answer.";

/// One adapter's name.
pub fn adapter(run: u32, dataset: &str, rank: usize, learning_rate: f64) -> String {
    format!(
        "Run {run}: {dataset}, r = {rank}, rate {}",
        format::rate(learning_rate)
    )
}

pub fn added(parameters: usize) -> String {
    format!("{} parameters", format::count(parameters))
}

/// Computed beside W.
pub fn beside(adapters: usize, parameters: usize) -> String {
    let voices = match adapters {
        1 => "One adapter answers".to_string(),
        many => format!("{many} adapters answer together"),
    };
    format!(
        "{voices}: {} parameters beside the frozen ones.",
        format::count(parameters)
    )
}

/// Added into W.
pub fn merged(parameters: usize) -> String {
    format!(
        "Merged: {} parameters beside the base's own. W is a new matrix now, and nothing is left to compute beside it.",
        format::count(parameters)
    )
}
