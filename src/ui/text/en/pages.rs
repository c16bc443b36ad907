//! Words of the pages and of the frame around them.

use super::format;
use crate::faults::Fault;
use crate::protocol::VerifiedQuantity;

pub const NAME: &str = "Warmup";
pub const SKIP: &str = "Skip to the content";
pub const NAV: &str = "Main";
pub const NAV_LESSON: &str = "Lesson";
pub const NAV_CHAPTER: &str = "Chapter";
pub const NAV_RESULTS: &str = "Results";
pub const NAV_LAB: &str = "Lab";
pub const NAV_VERIFY: &str = "Verify";
pub const NOTICES: &str = "Notices";
pub const PART_ARRIVES: &str = "This part of the page is on its way …";
pub const PART_MISSING: &str = "This part of the page did not arrive. Nothing is lost: what you did stands, and a run goes on. Look at your connection and try again. If that does not help, load the page again: the site may have changed since you opened it.";
pub const TRY_AGAIN: &str = "Try again";
pub const FOOTER: &str =
    "Everything on this page runs on your machine. No account, no tracking, nothing uploaded.";

pub fn theme_toggle(other: &str) -> String {
    format!("Switch to the {other} theme")
}

pub const HOME_TITLE: &str = "Warmup: learn fine-tuning by doing it";
/// The same, with a hyphen that does not break.
pub const HOME_HEADING: &str = "Learn fine\u{2011}tuning by doing it";
pub const HOME_LEAD: &str = "Warmup teaches how a pre-trained language model is fitted to a task, by letting you do it: a small GPT-2 trains inside this page, and you watch which of its parameters move. The training is real, it happens on your own machine, and nothing you type or train leaves it.";
pub const HOME_RUN: &str = "What that does";
pub const HOME_RUN_CHART: &str = "Training loss of a LoRA run";
pub const HOME_RUN_LESSON: &str = "Make this run yourself, in the lesson on LoRA";

pub fn home_run(steps: usize, (trained, all): (usize, usize), right: [f64; 2]) -> String {
    let [before, after] = right.map(format::percent);
    format!(
        "A small BERT gets 200 newspaper items, each sorted into one of five pages, 16 at a time for {steps} steps. Of its {} numbers LoRA trains {}, which is {}. Of 60 items that it has never seen, it sorts {before} right before and {after} after.",
        format::count(all),
        format::count(trained),
        format::percent(trained as f64 / all as f64),
    )
}

pub const HOME_TRY: &str = "First, meet the model";
pub const HOME_TRY_LEAD: &str = "It has read a few shelves of stories and guesses one piece of a word after another. Start a story; it goes on.";
pub const HOME_LESSONS: &str = "Then teach it something";
pub const HOME_MORE: &str = "Or go your own way";
pub const HOME_LAB: &str = "The lab";
pub const HOME_LAB_LEAD: &str = "the same live run with every control. The settings are in the address, so a link opens them again for someone else.";
pub const HOME_VERIFY: &str = "Verify this machine";
pub const HOME_VERIFY_LEAD: &str = "compare the numbers that your machine computes with those of Hugging Face's own implementation.";
pub const HOME_RESULTS_LEAD: &str = "the checks you have passed and the runs you have made, kept in this browser; to print, or to take along.";
pub const HOME_START: &str = "Start the chapter";

pub fn minutes(minutes: u32) -> String {
    format!("{minutes} minutes")
}

pub const LESSON_GOALS: &str = "After this lesson you can";

pub const LAB_TITLE: &str = "The lab";
pub const LAB_LEAD: &str = "Which strategy, rank and rate suit your data? Set up a run or a whole series, watch it, and compare what came of it. The link below the settings opens the lab with exactly these settings.";
pub const SHARE: &str = "Link to these settings";
pub const COPY: &str = "Copy";
pub const COPIED: &str = "Copied";
pub const COPY_BY_HAND: &str = "Select and copy";
pub const LAB_RUNS: &str = "Your runs";
pub const LAB_TAKE_HOME: &str = "Take it home";
pub const LAB_PARAMETERS: &str = "The parameters";
pub const LAB_RESULT: &str = "The result";
pub const LAB_FORGETTING: &str = "Forgetting";
pub const LAB_LOSS: &str = "Loss";
pub const LAB_SCHEDULE: &str = "Learning rate";
pub const LAB_MATCHED: &str = "What the target names match";
pub const LAB_FROZEN: &str = "Proof of what stayed frozen";
pub const LAB_CONFUSION: &str = "Right and wrong";
pub const LAB_MISTAKES: &str = "The wrong answers";
pub const LAB_CLASSIFY: &str = "Ask it yourself";
pub const LAB_GENERATE: &str = "Continue a story";
pub const LAB_PROMPTING: &str = "Prompting instead";
pub const LAB_PROMPTING_LEAD: &str = "The model as it came, untuned, asked for a word behind each text: what prompting alone reaches on the validation rows.";
pub const LAB_ADAPTERS: &str = "Adapters to switch and blend";
pub const LAB_SCRIPT: &str = "The same run as a program in Python";
pub const LAB_TRY: &str = "Your own words";

pub const BENCH_TITLE: &str = "Benchmark";
pub const BENCH_LEAD: &str = "Times training steps of a fixed model on fixed data, so that machines and versions can be compared. W1 trains everything, W2 an adapter.";
pub const BENCH_GOING: &str = "Measuring … leave this tab in front until it is done.";
pub const BENCH_CANCELLED: &str = "Cancelled.";
pub const BENCH_AGAIN: &str = "Measure again";
pub const BENCH_WAITING: &str = "Waiting for the engine …";

pub const VERIFY_TITLE: &str = "Verify this machine";
pub const VERIFY_LEAD: &str = "This machine's numbers are being compared with Hugging Face's. The reference was computed with transformers, PEFT and PyTorch on a CPU, for a tiny GPT-2 with fixed weights; the same weights and inputs now go through the engine on your device. A row turns up for each quantity, with the largest difference found.";
pub const VERIFY_WAITING: &str = "Waiting for the engine …";
pub const VERIFY_GOING: &str = "Comparing …";
pub const VERIFY_CANCELLED: &str = "Cancelled. The rows are those that were compared until then.";
pub const VERIFY_AGAIN: &str = "Compare again";
pub const VERIFY_COLUMNS: [&str; 6] = [
    "Case",
    "Quantity",
    "Largest absolute error",
    "Largest relative error",
    "Tolerance",
    "Within it?",
];
pub const YES: &str = "yes";
pub const NO: &str = "no";

pub fn verify_summary(passed: usize, failed: usize, time: &str) -> String {
    let all = passed + failed;
    match failed {
        _ if all == 0 => "Nothing was compared: the engine found no reference cases.".into(),
        0 => format!(
            "All {all} quantities agree with Hugging Face's within their tolerance ({time}). What you see elsewhere on this page is computed by the same code."
        ),
        failed => format!(
            "{failed} of {all} quantities differ by more than their tolerance ({time}). Results on this device are not to be trusted; try ?device=cpu before the # in the address."
        ),
    }
}

pub const UNKNOWN_TITLE: &str = "There is no such page";

pub fn unknown(path: &str) -> String {
    format!("Nothing here goes by the name “{path}”. These do exist:")
}

/// The row of a case that could not be run at all.
pub fn not_run(case: String, reason: &Fault) -> VerifiedQuantity {
    VerifiedQuantity {
        case,
        quantity: reason.to_string(),
        max_absolute_error: f64::NAN,
        max_relative_error: f64::NAN,
        tolerance: "could not be run".to_owned(),
        ok: false,
    }
}
