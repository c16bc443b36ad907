//! Runs that are spread over helpers.

use super::*;
use crate::settings::LoraSettings;

/// Two runs in a row on helpers that obey so many asks each.
fn with_helpers(helpers: &[usize]) -> Vec<Event> {
    let lora = LoraSettings {
        dropout: 0.2,
        ..LoraSettings::default()
    };
    let run = || start(Strategy::Lora(lora.clone()));
    let mut host = TestHost {
        helpers: helpers.to_vec(),
        ..host()
    };
    // Long enough for several units.
    let text = "the good film was a bad film and the bad film was good ".repeat(40);
    host.files.insert("long.txt".to_owned(), text.into_bytes());
    let text = Command::LoadGeneralText(asks::LoadGeneralText {
        name: "stories".into(),
        url: "long.txt".into(),
        passages_url: None,
    });
    let commands = [load(), vec![text, run()]].concat();
    say_with(host, commands, None, vec![(IS_OVER, run())])
}

fn losses(events: &[Event]) -> Vec<f32> {
    let steps = events.iter().filter_map(|event| match event {
        Event::StepsCompleted { steps, .. } => Some(steps),
        _ => None,
    });
    steps.flatten().map(|step| step.loss_nats).collect()
}

fn scores(events: &[Event]) -> Vec<Scores> {
    let scored = events.iter().filter_map(|event| match event {
        Event::RunEvaluated { scores, .. } => Some(*scores),
        _ => None,
    });
    scored.collect()
}

fn general(events: &[Event]) -> Vec<f64> {
    let measured = events.iter().filter_map(|event| match event {
        Event::GeneralScored { score, .. } => score.perplexity(),
        _ => None,
    });
    measured.collect()
}

fn lost(events: &[Event]) -> Vec<(usize, String)> {
    let lost = events.iter().filter_map(|event| match event {
        Event::HelperLost { workers, reason } => Some((*workers, reason.to_string())),
        _ => None,
    });
    lost.collect()
}

fn assert_near(a: &[f32], b: &[f32]) {
    assert_eq!(a.len(), b.len());
    for (a, b) in a.iter().zip(b) {
        assert!((a - b).abs() < 1e-4, "{a} {b}");
    }
}

#[test]
fn runs_are_the_same_with_helpers() {
    let (alone, helped) = (with_helpers(&[]), with_helpers(&[usize::MAX; 2]));
    assert_eq!(losses(&alone).len(), 80, "two runs: {alone:?}");
    assert_near(&losses(&alone), &losses(&helped));
    assert!(lost(&helped).is_empty());
    assert_eq!(general(&alone).len(), 6, "the same of what is forgotten");
    for (a, b) in general(&alone).iter().zip(general(&helped)) {
        assert!((a / b - 1.0).abs() < 1e-4, "{a} {b}");
    }
    assert_eq!(scores(&alone).len(), 6, "before, halfway and after, twice");
    for (a, b) in scores(&alone).iter().zip(scores(&helped)) {
        assert_eq!(a.examples, b.examples);
        assert!((a.loss_nats - b.loss_nats).abs() < 1e-4, "{a:?} {b:?}");
    }
}

#[test]
fn a_helper_that_falls_silent_is_told_of_and_done_without() {
    let (alone, helped) = (with_helpers(&[]), with_helpers(&[usize::MAX, 12]));
    assert_near(&losses(&alone), &losses(&helped));
    // The second run would have another one, but the host has no more.
    let reasons = ["it gave no answer", "there are no more"];
    assert_eq!(lost(&helped), reasons.map(|reason| (2, reason.to_owned())));
    let over = |e: &&Event| matches!(e, Event::RunFinished { .. });
    assert_eq!(helped.iter().filter(over).count(), 2);
}
