//! Words of the widgets about forgetting, prompting, and which to choose.

use crate::protocol::PromptScores;
use crate::ui::text::format;
use crate::ui::text::lab::split_name;

pub const CARELESS: &str = "the careless run";
pub const CARELESS_FIRST: &str =
    "Make the careless run above first: your attempts are measured against it.";
pub const ATTEMPTS: &str = "Your attempts";
pub const COLUMNS: [&str; 6] = [
    "Attempt",
    "Changed",
    "Gain kept",
    "Damage left",
    "Accuracy",
    "Perplexity, or questions found",
];
pub const SCATTER: &str = "Every attempt by the gain it kept and the damage it left; the table below says the same in numbers.";
pub const AXIS_DAMAGE: &str = "damage left (by its square root) →";
pub const AXIS_GAIN: &str = "↑ gain kept";
/// A tick of an axis.
pub fn share(share: f64) -> String {
    format!("{:.0}%", share * 100.0)
}

pub const SWEEP: &str = "The runs of the sweep";
pub const SWEEP_COLUMNS: [&str; 8] = [
    "Run",
    "Strategy",
    "Rate",
    "Remedy",
    "Gain kept",
    "Damage left",
    "Accuracy",
    "Perplexity",
];

pub fn sweep_table(runs: usize) -> String {
    format!("The {runs} runs by number")
}

/// A remedy as the sweep's file names it, in words.
pub fn remedy(name: &str) -> String {
    match name.split_once(':') {
        Some(("l2sp", alpha)) => format!("L2-SP, {alpha}"),
        Some(("ewc", lambda)) => format!("EWC, {lambda}"),
        Some(("replay", share)) => format!("replay, {share}"),
        _ => name.to_string(),
    }
}

/// The corner that the lesson asks for, as shares of the careless run's.
pub const GOAL_GAIN: f64 = 0.9;
pub const GOAL_DAMAGE: f64 = 0.2;

pub const PROMPT_SHOTS: &str = "Solved examples before each question";
pub const PROMPT_ASK: &str = "Ask it";
pub const PROMPT_EMPTY: &str = "The answers appear here, a row for each number of examples.";
pub const PROMPT_GOING: &str = "Asking …";
pub const PROMPT_ONE: &str = "One of the prompts, as the model gets it";
pub const PROMPT_COLUMNS: [&str; 4] = [
    "Solved examples",
    "Accuracy",
    "Calibrated",
    "Longest prompt, tokens",
];

pub fn prompt_room(longest: usize, context: usize) -> String {
    if longest > context {
        format!(
            "The longest prompt has {longest} tokens, but this model reads {context}: its beginning was cut off."
        )
    } else {
        format!("The longest prompt has {longest} tokens; this model reads {context}.")
    }
}

/// What was asked, and which words could answer.
pub fn prompt_asked(scores: &PromptScores) -> String {
    let words: Vec<&str> = scores.words.iter().map(|word| word.trim_start()).collect();
    format!(
        "On {} texts of the {} split; the model could say: {}.",
        format::count(scores.examples),
        split_name(scores.split),
        words.join(", ")
    )
}
