//! Words of the run panel.

use super::methods;
use crate::protocol::{RunStage, Split};
use crate::settings::{Family, Task};
use crate::ui::state::{Happening, LogEntry, Phase, Run};
use crate::ui::text::format;

/// What the model is asked to continue before and after a run on this data set: of the shipped ones whose texts have a
/// beginning of their own kind, such a one that no run trains on.
pub fn sample_prompt(dataset: &str) -> &'static str {
    match dataset {
        "instructions" => "How do I clean a muddy coat?",
        "beekeeping" => "In the spring, the bees",
        _ => "Once upon a time",
    }
}

pub const RUN: &str = "Run";
pub const RUN_AGAIN: &str = "Run again";
pub const PAUSE: &str = "Pause";
pub const RESUME: &str = "Resume";
pub const STEP: &str = "One step";
pub const STEP_FROM_START: &str = "Step by step";
pub const CANCEL: &str = "Cancel";
pub const CANCEL_ONE: &str = "This run only";
pub const CANCEL_ALL: &str = "This run and those that wait";
pub const CANCEL_NONE: &str = "Go on";

/// Asked where more runs wait.
pub fn cancel_which(waiting: usize) -> String {
    match waiting {
        1 => "One more run waits, and starts when this one ends. What is to be cancelled?".into(),
        _ => format!(
            "{waiting} more runs wait, and the next one starts when this one ends. What is to be cancelled?"
        ),
    }
}
pub const SETTINGS: &str = "Settings of the run";
pub const OPEN_IN_LAB: &str = "Open these settings in the lab";

pub const WAITING_FOR_ENGINE: &str =
    "The engine is still on its way; Run works as soon as it is here.";
pub const WAITING_FOR_DATA: &str = "The data is still on its way.";
pub const NO_DATA: &str = "There is nothing to train on; see the notice at the top.";
pub const NO_RUN: &str = "No run yet.";
pub const NO_ENGINE: &str = "Without an engine there can be no run; see the notice at the top.";

pub const LOSS: &str = "Loss now";
pub const REMEDIES: &str = "Against forgetting";
pub const PERPLEXITY_BEFORE: &str = "Perplexity before";
pub const PERPLEXITY_AFTER: &str = "Perplexity now";
pub const RETRIEVAL_BEFORE: &str = "Questions that find their passage, before";
pub const RETRIEVAL_AFTER: &str = "Questions that find their passage, now";
pub const TRAINABLE: &str = "Parameters that train";
pub const OF_TOTAL: &str = "of";

/// Of a setting that is on or off.
pub const SWITCH: [(&str, &str); 2] = [("false", "off"), ("true", "on")];

pub const LOOP: &str = "The loop";

/// What a task is, in a sentence.
pub fn task(task: Task) -> &'static str {
    match task {
        Task::SequenceClassification => "One label for each text (sequence classification).",
        Task::MultiLabelClassification => {
            "Any number of labels for each text (multi-label classification)."
        }
        Task::TokenClassification => "A tag for each word (token classification).",
        Task::QuestionAnswering => "Where in a text the answer stands (question answering).",
        Task::CausalLm => "What comes next (causal language modelling).",
        Task::MaskedLm => "Which words are hidden (masked language modelling).",
    }
}

/// The name of a task's figure, before and after.
pub fn figure(name: &str) -> &'static str {
    match name {
        "accuracy" => "Accuracy",
        "macro-f1" => "Macro F1",
        "micro-f1" => "Micro F1",
        "exact-match" => "Exactly right",
        "entity-f1" => "F1 of entities",
        "precision" => "Precision",
        "recall" => "Recall",
        "word-accuracy" => "Words tagged right",
        "f1" => "F1 of words",
        "text-perplexity" => "Perplexity, held-out text",
        "token-accuracy" => "Tokens guessed right",
        _ => "",
    }
}

/// A figure as people read it.
pub fn figure_value(name: &str, value: f64) -> String {
    match name {
        "text-perplexity" => format::perplexity(value),
        _ => format::percent(value),
    }
}

/// A settings field: its label, the glossary's word for it, and what it does.
pub fn field(key: &str) -> FieldWords {
    method_field(key)
        .or_else(|| training_field(key))
        .or_else(|| remedy_field(key))
        .or_else(|| loop_field(key))
        .unwrap_or(("", None, ""))
}

/// Label, word of the glossary, and what it does.
pub type FieldWords = (&'static str, Option<&'static str>, &'static str);

/// The choice of a method, and the settings of a method's own.
fn method_field(key: &str) -> Option<FieldWords> {
    Some(match key {
        "strategy" => ("Strategy", None, "which parameters move"),
        "rank" => ("Rank r", Some("rank"), "how thin A and B are"),
        "alpha" => ("Alpha", Some("alpha"), "the product is scaled by alpha ÷ r"),
        "targets" => ("Target modules", None, "which matrices get an adapter"),
        "placement" => ("Placement", None, "after which parts of a block"),
        "bottleneck" => ("Bottleneck", None, "dimensions in its middle"),
        "virtual" => ("Virtual tokens", None, "learned vectors before each text"),
        "freeze" => ("Frozen blocks", Some("block"), "counted from the input"),
        _ => return None,
    })
}

/// What every method has.
fn training_field(key: &str) -> Option<FieldWords> {
    Some(match key {
        "data" => ("Data set", None, "what the run learns from"),
        "lr" => (
            "Learning rate",
            Some("learning-rate"),
            "at the top of the schedule",
        ),
        "schedule" => ("Schedule", Some("schedule"), "after the warmup"),
        "warmup" => ("Warmup steps", Some("warmup"), "from zero to the top"),
        "steps" => ("Steps", Some("step"), "in the whole run"),
        "batch" => ("Batch size", Some("batch"), "examples in a step"),
        "seed" => ("Seed", Some("seed"), "the same seed repeats the run"),
        _ => return None,
    })
}

/// What is done against forgetting.
fn remedy_field(key: &str) -> Option<FieldWords> {
    Some(match key {
        "replay" => (
            "Replay",
            None,
            "share of each batch in the model's own words",
        ),
        "ewc" => ("EWC, lambda", None, "holds the weights that language needs"),
        "l2sp" => ("L2-SP, alpha", None, "holds every weight near its start"),
        "llrd" => (
            "Rate of each block below",
            None,
            "times that of the block above; 1 is off",
        ),
        _ => return None,
    })
}

/// How the loop goes.
fn loop_field(key: &str) -> Option<FieldWords> {
    Some(match key {
        "epochs" => ("Epochs", None, "passes over the data; 0 goes by steps"),
        "accumulate" => ("Gradient accumulation", None, "batches in a step"),
        "evaluate" => (
            "Evaluate every",
            None,
            "steps between looks at the validation split; 0 chooses",
        ),
        "patience" => (
            "Early stopping",
            None,
            "looks without a lower loss that end the run; 0 never",
        ),
        "best" => ("Keep the best", None, "end with the best weights"),
        "balanced" => (
            "Balanced classes",
            None,
            "rare classes weigh as much as frequent ones",
        ),
        _ => return None,
    })
}

/// What a field does not offer to a model of this family, and why.
pub fn of_family(key: &str, family: Family) -> Option<String> {
    match (key, family) {
        ("strategy", family) => methods::not_for(family),
        ("data", Family::Bert) => {
            Some("instructions are for a model that goes on with a text".into())
        }
        _ => None,
    }
}

/// What a run is doing, as one sentence.
pub fn phase(run: &Run) -> String {
    match &run.phase {
        Phase::Starting => "Asking the engine to start …".into(),
        Phase::Active { stage } => stage_words(*stage).into(),
        Phase::Paused { step, stage } => paused(*step, *stage),
        Phase::Cancelling { .. } => "Cancelling …".into(),
        Phase::Finished { summary } => format!(
            "Finished: {} of training, {} with scoring.",
            format::duration(summary.training_millis),
            format::duration(summary.total_millis)
        ),
        Phase::Cancelled { step } => {
            format!("Cancelled after {}; no score was taken.", steps(*step))
        }
        Phase::Failed { step, error } => {
            format!("Ended early, after {}: {}", steps(*step), error)
        }
    }
}

fn paused(step: usize, stage: RunStage) -> String {
    let after = format!("Paused after {}", steps(step));
    match stage {
        RunStage::Training => format!("{after}."),
        RunStage::ScoringBefore => format!("{after}, while the model is scored before training."),
        RunStage::Preparing => format!("{after}, while the remedies are made ready."),
        RunStage::ScoringAfter => format!("{after}, while the trained model is scored."),
    }
}

fn steps(n: usize) -> String {
    if n == 1 {
        "1 step".into()
    } else {
        format!("{} steps", format::count(n))
    }
}

pub fn stage_words(stage: RunStage) -> &'static str {
    match stage {
        RunStage::ScoringBefore => "Scoring the model on held-out examples, before any training …",
        RunStage::Preparing => "Making ready what keeps the model from forgetting …",
        RunStage::Training => "Training …",
        RunStage::ScoringAfter => "Scoring again on the same held-out examples …",
    }
}

pub fn progress(completed: usize, total: usize) -> String {
    format!(
        "Step {} of {}",
        format::count(completed),
        format::count(total)
    )
}

pub fn time_left(millis: f64) -> String {
    format!("about {} left", format::duration(millis))
}

/// Of scoring, or of making ready.
pub fn stage_left(millis: f64) -> String {
    format!("about {} left of this part", format::duration(millis))
}

pub fn split(split: Split) -> &'static str {
    match split {
        Split::Train => "training",
        Split::Validation => "validation",
        Split::Test => "held-out test",
    }
}

/// A line of the log.
pub fn happening(entry: &LogEntry) -> String {
    match &entry.happening {
        Happening::Started => "Run started.".into(),
        Happening::Entered(stage) => stage_words(*stage).trim_end_matches(" …").to_string() + ".",
        Happening::Evaluated(which, scores) => {
            let (name, value) = scores.headline();
            format!(
                "Scored on {} {} examples: {} {}, loss {}.",
                format::count(scores.examples),
                split(*which),
                figure(name).to_lowercase(),
                figure_value(name, value),
                format::loss(scores.loss_nats)
            )
        }
        Happening::Paused => "Paused.".into(),
        Happening::Resumed => "Resumed.".into(),
        Happening::Finished => "Finished.".into(),
        Happening::Cancelled => "Cancelled.".into(),
        Happening::Failed => "Ended early.".into(),
        Happening::StoppedEarly => "Stopped: the validation loss no longer falls.".into(),
        Happening::BestRestored => {
            "Back to the weights of this step, the best on validation.".into()
        }
    }
}
