//! Words of the shelf of adapters.

use crate::protocol::{Brought, Split, Unscored};
use crate::ui::text::format;
use crate::ui::text::lab::split_name;
use crate::ui::text::methods;
use crate::ui::text::run::{figure, figure_value};

pub const EMPTY: &str =
    "Nothing here yet: every LoRA run that comes to its end leaves its adapter on this shelf.";
pub const VOLUME: &str = "Volume";
pub const MERGE: &str = "Merge: add the products into W, once, instead of computing them beside it";
pub const GOING: &str = "Changing …";
pub const AS_TRAINED: &str = "The newest one answers, as it was trained.";

pub const NO_ADAPTER: &str = "The last run has left no adapter here, and its own weights answer. Choose one to let it answer.";

/// One adapter's name. `name` is its own, of one from elsewhere: nothing is known of its rate.
pub fn adapter(
    run: u32,
    name: &str,
    dataset: &str,
    rank: usize,
    learning_rate: Option<f64>,
) -> String {
    match learning_rate {
        Some(rate) => format!(
            "Run {run}: {dataset}, r = {rank}, rate {}",
            format::rate(rate)
        ),
        None => format!("{name}: {dataset}, r = {rank}, from elsewhere"),
    }
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

pub const BRING: &str = "Bring an adapter: a zip that this page made, or a folder by PEFT";
pub const BRING_HELP: &str = "A zip, or adapter_config.json and adapter_model.safetensors chosen together. It has to belong to the model that is loaded. It answers at once, and is scored on the validation rows of the data above.";
pub const BRINGING: &str = "Reading the adapter, and scoring it …";
/// What it is called where no file has a name of its own.
pub const OWN_ADAPTER: &str = "my adapter";

/// What has come.
pub fn brought(brought: &Brought) -> String {
    let method = methods::words(brought.strategy.kind()).name;
    let parameters = format::count(brought.parameters);
    let labels = match brought.labels.is_empty() {
        true => String::new(),
        false => format!(" Its labels: {}.", brought.labels.join(", ")),
    };
    format!(
        "{} answers now: {method}, {parameters} parameters beside the model, for {}.{labels}",
        brought.name,
        brought.task.name()
    )
}

pub fn brought_score(split: Split, name: &str, value: f64, rows: usize) -> String {
    format!(
        "{} {} on the {} split, {} rows.",
        figure(name),
        figure_value(name, value),
        split_name(split),
        format::count(rows)
    )
}

/// Why there is no score.
pub fn unscored(why: &Unscored) -> String {
    match why {
        Unscored::NoData => "It was not scored: no data set is loaded.".to_owned(),
        Unscored::OtherTask { data } => format!(
            "It was not scored: the data above is for {}. Choose the data that it was trained for, and bring it again.",
            data.name()
        ),
        Unscored::OtherLabels { data } => format!(
            "It was not scored: the data above has the labels {}, and the adapter others, or the same in another order.",
            data.join(", ")
        ),
        Unscored::NoRows => "It was not scored: the data above has no validation rows.".to_owned(),
        Unscored::Unreadable(reason) => format!("It was not scored: {reason}."),
    }
}
