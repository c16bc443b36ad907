//! Words on charts.

use crate::settings::Family;
use crate::settings::names::Place;

pub const AS_TABLE: &str = "Data as a table";
/// Behind the switch where the chart can be kept as a picture too.
pub const TABLE_AND_PICTURE: &str = "Data as a table, chart as a picture";
pub const SAVE_CHART: &str = "Save the chart as";
pub const SVG: &str = "SVG";
pub const PNG: &str = "PNG";
pub const STEP: &str = "step";

/// The edges of a band, as columns of the table.
pub fn lowest(name: &str) -> String {
    format!("{name}, lowest")
}

pub fn highest(name: &str) -> String {
    format!("{name}, highest")
}

/// Behind the name of an axis that does not begin at zero.
pub fn axis_begins(at: &str) -> String {
    format!("; the axis begins at {at}, not at 0")
}

pub const LOSS_TITLE: &str = "Loss at each step of the run. Use the arrow keys to read values.";
pub const LOSS_AXIS: &str = "loss (nats)";
pub const LOSS_EACH: &str = "training, each batch";
pub const LOSS_SMOOTH: &str = "training, smoothed";
pub const LOSS_VALIDATION: &str = "validation";
pub const LOSS_GUESSING: &str = "blind guessing";
pub const LOSS_EMPTY: &str = "No run yet: press Run, and the loss of every step is drawn here.";
pub const FORGETTING_TITLE: &str =
    "Perplexity on stories the run never trains on. Use the arrow keys to read values.";
pub const FORGETTING_AXIS: &str = "perplexity on stories";
pub const FORGETTING_NOW: &str = "with the weights of that step";
pub const FORGETTING_BEFORE: &str = "before the run";
pub const FORGETTING_EMPTY: &str =
    "No run yet: press Run, and what the model forgets of telling stories is drawn here.";

pub const RETRIEVAL_TITLE: &str =
    "Questions that find their passage. Use the arrow keys to read values.";
pub const RETRIEVAL_AXIS: &str = "questions that find their passage";
pub const RETRIEVAL_EMPTY: &str =
    "No run yet: press Run, and how many questions still find their passage is drawn here.";

pub fn retrieval_measured(questions: usize) -> String {
    let questions = crate::ui::text::format::count(questions);
    format!(
        "Measured on {questions} questions: each should lie nearer to its own passage than to any of the others. Lower is worse."
    )
}

pub fn forgetting_measured(tokens: usize) -> String {
    let tokens = crate::ui::text::format::count(tokens);
    format!(
        "Measured on the first {tokens} tokens of stories.txt, which no model here has trained on. Higher is worse."
    )
}
pub const LOG: &str = "What happened when";

pub const SCHEDULE_TITLE: &str = "Learning rate at each step. Use the arrow keys to read values.";
pub const SCHEDULE_AXIS: &str = "learning rate";
pub const SCHEDULE_SERIES: &str = "learning rate";

/// What the schedule does, in words.
pub fn schedule_words(kind: &str, peak: &str, warmup_steps: usize, total_steps: usize) -> String {
    if warmup_steps >= total_steps {
        return format!(
            "The warmup of {warmup_steps} steps is longer than the run: the rate never reaches its top of {peak}."
        );
    }
    let climb = match warmup_steps {
        0 => format!("Starts at its top, {peak}, without warmup"),
        1 => format!("Starts at 0 and is at its top, {peak}, one step later"),
        steps => format!("Climbs from 0 to {peak} in {steps} steps"),
    };
    let then = match kind {
        "constant" => "and stays there",
        "cosine" => "and falls along a cosine to 0",
        _ => "and falls in a straight line to 0",
    };
    format!("{climb}, {then} at step {total_steps}.")
        .replace("stays there at step", "stays there until step")
}

/// A part of the model on the parameter map.
pub fn map_group(place: Place, family: Family) -> String {
    match (place, family) {
        (Place::Embeddings, _) => "Embeddings".to_string(),
        (Place::Block(block), Family::Gpt2) => format!("Block {} (h.{block})", block + 1),
        (Place::Block(block), Family::Bert) => format!("Layer {} (layer.{block})", block + 1),
        (Place::Pooler, _) => "Pooler".to_string(),
        (Place::WordHead, _) => "Head for hidden words".to_string(),
        (Place::LastNorm | Place::Head, _) => "Top".to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedules_are_put_in_words() {
        assert_eq!(
            schedule_words("linear", "0.001", 20, 200),
            "Climbs from 0 to 0.001 in 20 steps, and falls in a straight line to 0 at step 200."
        );
        assert!(schedule_words("constant", "0.001", 0, 200).contains("until step 200"));
        assert!(schedule_words("linear", "2e-5", 100, 3).contains("never reaches"));
    }
}
