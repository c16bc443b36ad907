//! Words of the chapter's frame: its map, its runs, and what is kept of a learner's work.

use crate::ui::learner::{Figures, Ground};
use crate::ui::text::format;

pub const CONTINUE: &str = "Continue where you were";
pub const COMPLETE: &str = "complete";
pub const RESET_ALL: &str = "Forget my answers and runs";
pub const RESET_ASK: &str = "Forget them? This cannot be undone.";
pub const RESET_YES: &str = "Forget";
pub const RESET_NO: &str = "Keep";
pub const RESET_LESSON: &str = "Start this lesson afresh";

pub fn checks_passed(passed: usize, all: usize) -> String {
    format!("{passed} of {all} checks")
}

pub fn lesson_number(number: u32) -> String {
    format!("Lesson {number}")
}

pub const NEXT_RESULTS: &str = "What you have measured";
pub const TO_CHAPTER: &str = "The chapter";

pub const RUN_THIS: &str = "Run";
pub const RUN_THIS_AGAIN: &str = "Run again";
pub const RUN_ALL: &str = "Run all, one after the other";
pub const STOP_ALL: &str = "Stop";
pub const QUEUED: &str = "waits for its turn";
/// Why a run cannot be made with the loaded model.
pub fn refused(why: &str) -> String {
    format!("Not with the loaded model: {why}.")
}

/// Why a run cannot be made here at all.
pub fn not_on_this_site(model: &str) -> String {
    format!("This site was built without {model}, so the run cannot be made here.")
}

pub const NOT_RUN: &str = "not run yet";
pub const RUNS_CHART: &str = "Training loss of each run, smoothed";
pub const RUNS_FORGET: &str = "What is forgotten: loss on stories, during each run";
pub const RUNS_FORGET_AXIS: &str = "loss on stories, nats a token";
pub const RUNS_RETRIEVAL: &str =
    "What is forgotten: questions that find their passage, during each run";

/// Where curves will be.
pub fn runs_empty(are_recorded: bool) -> &'static str {
    match are_recorded {
        true => "The curves appear here as the runs are made, or ours once your guess is locked.",
        false => "The curves appear here as the runs are made.",
    }
}

pub const BEHIND_GUESS: &str = "not run yet; ours is shown once your guess above is locked";
pub const DIVERGED: &str = "diverged: the numbers grew past what float32 holds";
pub const DEVICE_AND_MODEL: &str = "Made with";

pub const ACCURACY: &str = "Held-out accuracy";
pub const OWN_PERPLEXITY: &str = "Perplexity, held-out texts";
pub const PERPLEXITY: &str = "Perplexity on stories";
pub const RETRIEVAL: &str = "Questions that find their passage";
pub const TRAINED: &str = "Trained";
pub const TIME: &str = "Time";
pub const CONTINUES: &str = "Continues the story";
pub const GOES_ON: &str = "How it goes on";
pub const FROM: &str = "from";

pub const GUESS: &str = "Your guess first";
pub const GUESS_OPEN: &str = "Choose one, then lock it: the runs answer.";

/// A guess has been made and not locked.
pub fn guess_chosen(are_recorded: bool) -> &'static str {
    match are_recorded {
        true => "You can still change it. Locking it shows the recorded runs.",
        false => "You can still change it, until you lock it.",
    }
}

pub const GUESS_LOCK: &str = "Lock my guess";
pub const GUESS_LATE: &str = "You have run without a guess.";
pub const GUESS_NOTED: &str = "Locked. The runs will answer.";
pub const GUESS_RIGHT: &str = "You guessed what the runs show.";
pub const GUESS_WRONG: &str = "The runs show something else.";

/// Shown where the first answer was another than the present one.
pub const FIRST_ANSWER: &str = "Your first answer was:";
pub const AT_ONCE: &str = "At the first attempt.";

pub fn first_attempts(right: usize, answered: usize) -> String {
    format!("{right} of {answered} questions right at the first attempt")
}

pub const CHECK_APART: &str = "Your runs cannot be compared.";

/// Why a check cannot tell: HTML.
pub fn apart(grounds: &[Ground]) -> String {
    let made: Vec<String> = grounds
        .iter()
        .map(|ground| {
            format!(
                "{} on {}",
                format::escaped(&ground.model),
                format::escaped(&ground.dataset)
            )
        })
        .collect();
    format!(
        "<p>The runs that this asks about were made with different models or data: {}. Make them with one model, and the check compares them.</p>",
        made.join("; ")
    )
}

pub const LAB: &str = "The lab";

pub const RESULTS_TITLE: &str = "What you have measured";
pub const RESULTS_LEAD: &str = "Your own results, measured on this machine and kept in this browser only. Print the page to keep it.";
pub const RESULTS_EMPTY: &str =
    "Nothing yet: answers and runs of the lessons are gathered here as you make them.";
pub const RESULTS_RUNS: &str = "Runs";
pub const RESULTS_CHECKS: &str = "Checks passed";
pub const RESULTS_PRINT: &str = "Print";
pub const RESULTS_DOWNLOAD: &str = "Download the runs (JSON)";
pub const IN_LAB: &str = "in the lab's table";
pub const RESULTS_COLUMNS: [&str; 7] = [
    "Lesson",
    "Settings",
    "Model",
    "Trained",
    "Accuracy",
    "Perplexity on stories, or questions that find their passage",
    "Time",
];

/// What a model could do beside its task then: a figure, and how people read it.
pub fn beside(figures: &Figures) -> Option<(f64, String)> {
    let of_language = figures.perplexity.map(|p| (p, format::perplexity(p)));
    let of_retrieval = || {
        figures
            .retrieval
            .map(|share| (share, format::percent(share)))
    };
    of_language.or_else(of_retrieval)
}

pub fn results_summary(complete: usize, lessons: usize, runs: usize) -> String {
    let lessons_words = if lessons == 1 { "lesson" } else { "lessons" };
    let runs_words = if runs == 1 { "run" } else { "runs" };
    format!("{complete} of {lessons} {lessons_words} complete, {runs} {runs_words} made.")
}
