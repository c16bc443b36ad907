//! Words about what outlives the page.

use super::format;
use crate::faults::Fault;
use crate::settings::TrainingSettings;
use crate::ui::queue::kept::{KeptNote, Needs};

pub const DISCARD: &str = "Discard";
pub const STALE: &str = "A run was broken off that another version of this page has kept. It cannot be gone on with here.";
pub const REPLACED: &str = "A new run takes its place as soon as that one is kept.";
pub const ELSEWHERE: &str = "Another tab of this page keeps its runs. Runs of this tab are held in memory only: a reload loses them. Close the other tab, then reload this one, to have them kept here.";

pub fn resume(step: usize) -> String {
    format!("Resume at step {}", format::count(step))
}

/// What was broken off.
pub fn broken_off(note: &KeptNote, step: usize, all: usize, begun: &str) -> String {
    format!(
        "A run was broken off after {} of {} steps: {} on {} with {}, begun {begun}.",
        format::count(step),
        format::count(all),
        strategy(&note.settings),
        note.data,
        note.model.name(),
    )
}

fn strategy(settings: &TrainingSettings) -> &'static str {
    super::methods::words(settings.strategy.kind()).name
}

pub fn needs(needs: &Needs) -> String {
    match needs {
        Needs::Data(file) => format!(
            "It needs the file {file}, which this browser no longer has: choose it again under \"Data of your own\", use it, then resume."
        ),
        Needs::Model(name) => format!(
            "It needs the files of the model {name}, which this page cannot fetch by itself: choose them again under \"A model of your own\", then resume."
        ),
    }
}

pub fn nowhere(reason: &Fault) -> String {
    format!(
        "This browser keeps no runs for this page ({reason}). Runs are held in memory only: a reload loses them."
    )
}

pub fn kept(step: usize, bytes: u64) -> String {
    format!(
        "Kept at step {} ({}): a reload loses what comes after.",
        format::count(step),
        format::bytes(bytes)
    )
}

pub const KEPT_RUN: &str = "A run that can be gone on with";

pub fn kept_data(file: &str) -> String {
    format!("Your own data, {file}")
}

pub const NOT_KEPT_DATA: &str =
    "This browser has no place or no room to keep your own data: a reload loses it.";

pub const WORKSPACE_LEAD: &str = "The whole workspace as one file: answers, runs, your own data, and the run that can be gone on with. Another browser, or this one after you have cleared it, opens it again. Answers and runs of lessons are joined with those here; the lab's table and your own data take the place of those here.";
pub const EXPORT: &str = "Save the workspace";
pub const IMPORT: &str = "Open a workspace";
pub const OPENED: &str = "The workspace is here; the page is opened anew.";
pub const OPENED_IN_PART: &str = "A part of the workspace could not be stored: this browser has no room left for it, or another version of this page wrote it. Reload the page to see what is there.";

pub fn saved(bytes: u64) -> String {
    format!("Saved: {}.", format::bytes(bytes))
}

pub fn opened_without_run(reason: &Fault) -> String {
    format!(
        "The workspace is here but for the run that was broken off ({reason}). Reload the page to see it."
    )
}

pub fn forget(what: &str) -> String {
    format!("Delete from this browser: {what}")
}

pub fn room(used: u64, all: u64) -> String {
    format!(
        "All that this site keeps here takes {} of the {} that the browser gives it.",
        format::bytes(used),
        format::bytes(all)
    )
}
