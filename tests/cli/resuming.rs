//! A run that is broken off and gone on with.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::support::{fails, folder, model, path, reviews, succeeds};

const SETTINGS: [&str; 18] = [
    "--task",
    "sequence-classification",
    "--strategy",
    "lora",
    "--dropout",
    "0.2",
    "--batch-size",
    "4",
    "--steps",
    "400",
    "--learning-rate",
    "3e-3",
    "--eval-steps",
    "50",
    "--warmup-steps",
    "10",
    "--checkpoint-every",
    "20",
];

/// The command line of a run into this folder.
fn flags(here: &Path, out: &str, more: &[&str]) -> Vec<String> {
    let (model, data, out) = (model(), reviews(here), path(here, out));
    let files = [
        "finetune", "--model", &model, "--data", &data, "--out", &out,
    ];
    let all = [&files[..], &SETTINGS, more].concat();
    all.into_iter().map(str::to_owned).collect()
}

fn borrowed(flags: &[String]) -> Vec<&str> {
    flags.iter().map(String::as_str).collect()
}

/// Starts a run and kills it once it has kept a checkpoint.
fn break_off(here: &Path, out: &str) {
    let kept = here.join(out).join("checkpoint.safetensors");
    let mut child = Command::new(env!("CARGO_BIN_EXE_warmup"))
        .args(flags(here, out, &[]))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let began = Instant::now();
    while !kept.exists() && began.elapsed() < Duration::from_secs(60) {
        std::thread::sleep(Duration::from_millis(2));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(
        kept.exists(),
        "a checkpoint is left of a run that was killed"
    );
    assert!(
        !here.join(out).join("summary.json").exists(),
        "it had ended"
    );
}

/// Lines of the log, times left out.
fn lines(out: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(out.join("metrics.jsonl")).unwrap();
    let lines = text.lines().map(|line| {
        let mut line: Value = serde_json::from_str(line).unwrap();
        line.as_object_mut().unwrap().remove("step_millis");
        line
    });
    lines.collect()
}

#[test]
fn a_killed_run_goes_on_to_the_same_curve_and_the_same_adapter() {
    let here = folder("resumed");
    succeeds(&borrowed(&flags(&here, "whole", &[])));
    break_off(&here, "broken");
    succeeds(&borrowed(&flags(&here, "broken", &["--resume"])));
    let (whole, broken) = (here.join("whole"), here.join("broken"));
    // One line for each step and each evaluation, none of them twice.
    assert_eq!(lines(&broken), lines(&whole));
    let adapter = |out: &Path| std::fs::read(out.join("adapter_model.safetensors")).unwrap();
    assert!(adapter(&broken) == adapter(&whole));
    let summary = |out: &Path| -> Value {
        serde_json::from_slice(&std::fs::read(out.join("summary.json")).unwrap()).unwrap()
    };
    assert_eq!(summary(&broken)["test"], summary(&whole)["test"]);
    // What has ended keeps none.
    assert!(!broken.join("checkpoint.safetensors").exists());
}

#[test]
fn what_cannot_be_gone_on_with_is_refused_and_left_as_it_is() {
    let here = folder("not_resumed");
    let refused = |out: &str, more: &[&str], words: &[&str]| {
        fails(&borrowed(&flags(&here, out, more)), words);
    };
    refused(
        "nothing",
        &["--resume"],
        &["holds no checkpoint", "--checkpoint-every"],
    );
    break_off(&here, "broken");
    let out = here.join("broken");
    let files = || {
        let read = |name: &str| std::fs::read(out.join(name)).ok();
        (read("checkpoint.safetensors"), read("metrics.jsonl"))
    };
    let before = files();
    let words = ["other settings", "seed is 8", "in the checkpoint 7"];
    refused("broken", &["--resume", "--seed", "8"], &words);
    let words = ["rank is 2", "other settings"];
    refused("broken", &["--resume", "--rank", "2"], &words);
    // The last column of --data decides who is in which split.
    let data = path(&here, "reviews.csv");
    let rows = std::fs::read_to_string(&data).unwrap();
    let other = super::support::file(&here, "other.csv", rows.replace("number 7", "number 77"));
    let other = other.to_str().unwrap();
    let mut elsewhere = flags(&here, "broken", &["--resume"]);
    let at = elsewhere.iter().position(|flag| flag == "--data").unwrap();
    elsewhere[at + 1] = other.to_owned();
    fails(&borrowed(&elsewhere), &["other data"]);
    assert!(files() == before);
    let kept = out.join("checkpoint.safetensors");
    let bytes = std::fs::read(&kept).unwrap();
    std::fs::write(&kept, &bytes[..bytes.len() / 2]).unwrap();
    refused(
        "broken",
        &["--resume"],
        &["checkpoint.safetensors", "cut short"],
    );
}
