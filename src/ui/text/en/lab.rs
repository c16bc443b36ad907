//! Words of the workbench: series of runs, the table, the seal on the test split, comparisons.

use crate::protocol::Split;
use crate::stats::spread::Spread;
use crate::ui::text::format;
use crate::ui::text::run::{figure, figure_value};

pub const SETTINGS_TITLE: &str = "Settings of the run";
pub const RUN_TITLE: &str = "What happens";

// --- several runs at once ---

pub const SERIES: &str = "Several runs at once";
pub const SERIES_LEAD: &str = "One run can be lucky. Several seeds show how far luck reaches; a sweep tries one value after another. Everything else is as set above.";
pub const REPEAT: &str = "Repeat with";
pub const SEEDS: &str = "seeds";
pub const SEEDS_LABEL: &str = "Number of seeds";
pub const USUAL_SEEDS: &str = "5";
pub const SWEEP: [&str; 2] = ["Sweep", "and"];
pub const SWEEP_LABEL: [&str; 2] = ["First setting to sweep", "Second setting to sweep"];
pub const VALUES_LABEL: [&str; 2] = [
    "Values of the first setting",
    "Values of the second setting",
];
pub const NO_SWEEP: &str = "nothing";
/// In the empty field of a sweep's values.
pub fn values_example(key: &str) -> &'static str {
    match key {
        "targets" => "c_attn; c_attn,c_proj",
        _ => "8, 16, 32",
    }
}

pub const SERIES_NOTHING: &str = "Choose seeds, or a setting with two or more values.";

pub fn too_many(count: usize, most: usize) -> String {
    format!(
        "These are {} runs; at most {most} go into one series. Take fewer values or fewer seeds.",
        format::count(count)
    )
}

pub fn seeds_refused(typed: &str) -> String {
    format!(
        "The number of seeds is \"{}\"; it must be a whole number of at least 1.",
        typed.trim()
    )
}

pub fn swept_twice(key: &str) -> String {
    format!("{key} is swept twice; choose another setting, or write all its values into one field.")
}

pub fn no_values(key: &str) -> String {
    match key {
        "targets" => "Which values of targets? Write them with semicolons between, as in c_attn; c_attn,c_proj; all-linear.".to_owned(),
        _ => format!("Which values of {key}? Write them with commas between, as in 8, 16, 32."),
    }
}

pub fn value_refused(key: &str, value: &str, why: &str) -> String {
    format!("{key} {value}: {why}.")
}

pub fn sweep_name(keys: &[&str]) -> String {
    format!("Sweep of {}", keys.join(" and "))
}

/// `point` is empty where nothing is swept.
pub fn repeat_name(point: &str, seeds: usize) -> String {
    match point.is_empty() {
        true => format!("{seeds} seeds"),
        false => format!("{point}, {seeds} seeds"),
    }
}

/// How many runs, and how long they take where that is known.
pub fn series_told(points: usize, seeds: usize, millis: Option<f64>) -> String {
    let runs = match (points, seeds) {
        (1, seeds) => format!("{seeds} runs, a seed each"),
        (points, 1) => format!("{points} runs"),
        (points, seeds) => format!(
            "{points} settings × {seeds} seeds = {} runs",
            points * seeds
        ),
    };
    match millis {
        Some(millis) => format!(
            "{runs}; about {}, going by the last measured step.",
            format::duration(millis)
        ),
        None => format!("{runs}; how long they take is known once a first step has been measured."),
    }
}

pub fn start_series(count: usize) -> String {
    format!("Queue {count} runs")
}

pub const START_NO_SERIES: &str = "Queue these runs";

// --- what waits ---

pub const WAITING: &str = "Waiting runs";
pub const STOP_ALL: &str = "Stop this run and those that wait";
pub const DROP: &str = "Drop";

pub fn drop_label(place: usize) -> String {
    format!("Drop waiting run {place}")
}

pub fn waiting(count: usize, millis: Option<f64>) -> String {
    let runs = match count {
        1 => "1 run waits".to_owned(),
        _ => format!("{count} runs wait"),
    };
    match millis {
        Some(millis) => format!(
            "{runs}; about {} until all are done.",
            format::duration(millis)
        ),
        None => format!("{runs}."),
    }
}

pub fn more_waiting(count: usize) -> String {
    format!("and {count} more")
}

// --- the seal ---

pub fn shown_split(split: Split, examples: Option<usize>) -> String {
    let rows = examples.map_or(String::new(), |n| format!(", {} rows", format::count(n)));
    match split {
        Split::Test => {
            format!("These scores are of the test split{rows}: you have opened it for this run.")
        }
        Split::Validation | Split::Train => format!(
            "These scores are of the validation split{rows}. The test split stays sealed while you choose; open it below the table of runs."
        ),
    }
}

pub const NO_VALIDATION: &str = "This data has no validation rows, so nothing can be shown while you choose. Only the test split can tell, and it stays sealed until you open it below the table of runs.";
pub const SEAL_LEAD: &str = "Choose by validation, and open the test split once, for the runs you have settled on. Each look lets chance help you choose: the best of many test scores is too high for new data.";

pub fn open_seal(count: usize) -> String {
    match count {
        0 => "No sealed run".to_owned(),
        1 => "Open the test split for 1 run".to_owned(),
        _ => format!("Open the test split for {count} runs"),
    }
}

/// How often the test split of a data set has been opened.
pub fn openings(dataset: &str, count: usize) -> String {
    match count {
        1 => format!(
            "The test split of {dataset} has been opened once. Its scores can be believed as they stand."
        ),
        2 => format!(
            "The test split of {dataset} has been opened 2 times. If the first look changed what you chose, the second score is a little too high."
        ),
        _ => format!(
            "The test split of {dataset} has been opened {count} times. It has become a second validation split: take the best of its scores for too high, and keep new rows for a last test."
        ),
    }
}

pub const NEVER_OPENED: &str = "The test split has not been opened yet.";

// --- the table ---

pub const TABLE: &str = "Runs of the lab";
pub const TABLE_LEAD: &str = "Runs of the lab, kept in this browser and scored on the validation split. Ticked runs are drawn below. A row of several runs shows their mean, with the lowest and the highest. Click a column to sort by it.";
pub const TABLE_EMPTY: &str = "No run of the lab has come to its end yet.";
pub const COLUMN_TICK: &str = "Draw";
pub const COLUMN_NAME: &str = "Name";
pub const COLUMN_DATA: &str = "Data and model";
pub const COLUMN_VALIDATION: &str = "Validation";
pub const COLUMN_TEST: &str = "Test";
pub const COLUMN_WORDS: &str = "Against counting words";
pub const COLUMN_GENERAL: &str = "General text";
pub const COLUMN_TIME: &str = "Time";
pub const COLUMN_SET: &str = "What differs";
pub const COLUMN_NOTE: &str = "Note";
pub const COLUMN_ACTS: &str = "Pin, delete";
pub const DELETE: &str = "Delete";
pub const PIN: &str = "Pin";
pub const NAME: &str = "Name of the run";
pub const NOTE: &str = "Note on the run";
pub const SEALED: &str = "sealed";
pub const DIVERGED: &str = "diverged";
pub const TICK_ALL: &str = "Draw all";
pub const TICK_NONE: &str = "Draw none";

pub fn run_name(number: usize) -> String {
    format!("run {number}")
}

pub fn draw(name: &str) -> String {
    format!("Draw {name}")
}

pub fn pin(name: &str) -> String {
    format!("Pin {name} on top")
}

pub fn delete(name: &str) -> String {
    format!("Delete {name}")
}

pub fn runs_of(count: usize, is_open: bool) -> String {
    let act = if is_open { "Hide" } else { "Show" };
    format!("{act} its {count} runs")
}

/// Behind a score that is no accuracy.
pub fn measure(name: &str) -> Option<String> {
    (name != "accuracy").then(|| figure(name).to_lowercase())
}

pub fn score(name: &str, value: f64) -> String {
    figure_value(name, value)
}

pub fn reach(spread: &Spread, show: impl Fn(f64) -> String) -> String {
    format!("{} to {}", show(spread.lowest), show(spread.highest))
}

pub fn opened_of(opened: usize, all: usize) -> String {
    format!("{opened} of {all} opened")
}

/// Percentage points above or below.
pub fn against(points: f64) -> String {
    let sign = if points < 0.0 { "" } else { "+" };
    format!("{sign}{}", format::points(points))
}

pub fn perplexities(before: f64, after: f64) -> String {
    format!(
        "{} → {}",
        format::perplexity(before),
        format::perplexity(after)
    )
}

pub fn retrievals(before: f64, after: f64) -> String {
    format!("{} → {}", format::percent(before), format::percent(after))
}

// --- the charts ---

pub const CURVES: &str = "The ticked runs over each other";
pub const TRAINING_CURVES: &str =
    "Training loss of the ticked runs, smoothed. Use the arrow keys to read values.";
pub const TRAINING_TITLE: &str = "Training loss, smoothed";
pub const VALIDATION_CURVES: &str =
    "Validation loss of the ticked runs. Use the arrow keys to read values.";
pub const VALIDATION_TITLE: &str = "Validation loss";
pub const CURVES_EMPTY: &str =
    "Tick runs in the table, and their curves are drawn here over each other.";
pub const CURVES_MIXED: &str = "The ticked runs learnt from different data or with different models: their losses do not compare.";
pub const SCATTER_TITLE: &str = "Learning against forgetting";
pub const SCATTER_LEAD: &str =
    "Up is learned, left is spared: the upper left corner is where to go.";
pub const SCATTER_EMPTY: &str =
    "Tick runs in the table, and what each learned is set against what it forgot.";
pub const SCATTER_LANGUAGE: &str = "rise of the perplexity on general text";
pub const SCATTER_RETRIEVAL: &str = "questions that no longer find their passage, points";
pub const SCATTER_LEFT_OUT: &str = "Runs of other data or with another measure are left out here.";
pub const SCATTER_RUN: &str = "Run";

/// The gain on validation, in its figure.
pub fn gain_axis(name: &str) -> String {
    match name.ends_with("perplexity") {
        true => "fall of the perplexity on validation".to_owned(),
        false => format!(
            "gain in {} on validation, points",
            figure(name).to_lowercase()
        ),
    }
}

/// The middle of several runs.
pub fn mean_of(name: &str, runs: usize) -> String {
    format!("{name}, mean of {runs}")
}

pub fn split_name(split: Split) -> &'static str {
    match split {
        Split::Train => "training",
        Split::Validation => "validation",
        Split::Test => "test",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_series_is_counted_in_words() {
        assert!(series_told(4, 3, None).starts_with("4 settings × 3 seeds = 12 runs;"));
        let timed = series_told(1, 5, Some(90_000.0));
        assert!(
            timed.contains("5 runs, a seed each; about 1 min 30 s"),
            "{timed}"
        );
    }
}
