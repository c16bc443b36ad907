//! Words of what tells a good run from a lucky one: the comparison row by row, reliability, thresholds.

use crate::protocol::Split;
use crate::ui::text::format;
use crate::ui::text::lab::split_name;

// --- is it luck? ---

pub const LUCK: &str = "Is it luck?";
pub const LUCK_LEAD: &str =
    "Two runs that answered the same rows: where they disagree, who was right how often?";
pub const LUCK_EMPTY: &str = "This takes two runs that answered the same rows, of a task in which an answer is right or wrong.";
pub const FIRST: &str = "Run A";
pub const SECOND: &str = "Run B";
pub const OTHER_ROWS: &str =
    "These two runs did not answer the same rows, so they cannot be compared row by row.";
pub const SAME_RUN: &str = "Choose two different runs.";
pub const ON_SPLIT: &str = "Rows of";
pub const SHOW_ROWS: &str = "Show the rows that changed";
pub const ROWS_AWAY: &str = "The rows can be shown while their data set is the one chosen above.";
pub const ONLY_FIRST: &str = "Right only in A";
pub const ONLY_SECOND: &str = "Right only in B";

/// McNemar's test in words.
pub fn verdict(only_first: usize, only_second: usize, agree: usize, p: f64) -> String {
    let rows = |n: usize| if n == 1 { "row" } else { "rows" };
    let counts = format!(
        "{only_first} {} right only in A, {only_second} only in B; on the other {} they agree.",
        rows(only_first),
        format::count(agree)
    );
    if only_first + only_second == 0 {
        return format!("{counts} There is no difference to explain.");
    }
    let hundred = (100.0 * p).round();
    let luck = if p >= 0.995 {
        "A difference this large comes by chance always: there is none.".to_owned()
    } else if hundred < 1.0 {
        "A difference this large comes by chance in less than 1 of 100 cases.".to_owned()
    } else {
        format!("A difference this large comes by chance in {hundred:.0} of 100 cases.")
    };
    let so = if p < 0.05 {
        "It is hardly luck."
    } else {
        "It may well be luck; more seeds or more rows would tell."
    };
    format!("{counts} {luck} {so}")
}

pub const LUCK_NOTE: &str = "McNemar's exact test. It takes the two trained models as they are: whether another seed would turn the order round, only repeats can say. Whoever compares many pairs will find one below 5 of 100 by luck alone.";

pub fn rows_shown(shown: usize, all: usize) -> String {
    match shown == all {
        true => format!("{all}"),
        false => format!("the first {shown} of {all}"),
    }
}

// --- how sure ---

pub const SURENESS: &str = "As right as it is sure?";
pub const SURENESS_CHART: &str =
    "Reliability diagram of the last run: accuracy against probability";
pub const SURENESS_X: &str = "probability of the answer";
pub const SURENESS_Y: &str = "share of right answers";
pub const SURENESS_COLUMNS: [&str; 4] = ["Probability", "Answers", "Mean probability", "Right"];
pub const SURENESS_NONE: &str =
    "The last run gave no probabilities: this takes a task with one label for each text.";
pub const THRESHOLD: &str = "Where to draw the line";
pub const THRESHOLD_LABEL: &str = "Threshold";
pub const PRECISION: &str = "Precision";
pub const RECALL: &str = "Recall";
pub const ACCURACY: &str = "Accuracy";
pub const UNDEFINED: &str = "never answered";

pub fn expected_error(error: f64, split: Split) -> String {
    format!(
        "Expected calibration error on {}: {}. So far, on average, the probability of an answer lies from how often such answers are right.",
        split_name(split),
        format::percent(error)
    )
}

pub fn bin(from: f64, to: f64) -> String {
    format!("{} to {}", format::plain(from, 2), format::plain(to, 2))
}

pub fn threshold_lead(label: &str) -> String {
    format!(
        "The last run answers \"{label}\" from this probability on. A higher line finds fewer of them and is more often right."
    )
}

pub fn threshold_counts(found: usize, false_alarms: usize, missed: usize) -> String {
    format!("{found} found, {false_alarms} false alarms, {missed} missed.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn luck_is_put_in_words() {
        let told = verdict(12, 5, 383, 0.1435);
        assert!(
            told.contains("12 rows right only in A, 5 only in B"),
            "{told}"
        );
        assert!(told.contains("by chance in 14 of 100 cases"), "{told}");
        assert!(told.contains("may well be luck"), "{told}");
        assert!(verdict(30, 2, 10, 1e-6).contains("less than 1 of 100"));
        assert!(verdict(0, 0, 10, 1.0).contains("no difference"));
    }
}
