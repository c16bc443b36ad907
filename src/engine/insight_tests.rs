//! What the engine shows of a model and of a run, asked as the page asks.

use super::server_tests::{errors, load, say, say_after_run, start};
use crate::protocol::*;
use crate::settings::Strategy;

const FIRST: &str = "transformer.h.0.attn.c_attn.weight";

fn after_run(strategy: Strategy, then: Command) -> Vec<Event> {
    let commands = load().into_iter().chain([start(strategy)]).collect();
    say_after_run(commands, Some(then))
}

fn matrix(strategy: Strategy) -> MatrixInsight {
    let then = Command::InspectMatrix(asks::InspectMatrix { name: FIRST.into() });
    let events = after_run(strategy, then);
    let found = events.into_iter().find_map(|event| match event {
        Event::Answered(Reply::InspectMatrix(found)) => Some((*found).clone()),
        _ => None,
    });
    found.unwrap()
}

#[test]
fn full_tuning_moves_every_matrix_a_little() {
    let events = after_run(
        Strategy::Full,
        Command::InspectUpdates(asks::InspectUpdates {}),
    );
    let updates = events.iter().find_map(|event| match event {
        Event::Answered(Reply::InspectUpdates(updates)) => Some(updates),
        _ => None,
    });
    let updates = updates.unwrap();
    let moved = |m: &&MatrixUpdate| m.update_norm > 0.0;
    assert!(updates.matrices.iter().any(|m| m.name == FIRST));
    assert!(updates.matrices.iter().all(|m| !m.name.contains("score")));
    assert!(updates.matrices.iter().filter(moved).count() > 20);
    assert!(updates.relative() > 0.0 && updates.relative() < 1.0);
}

#[test]
fn a_lora_update_has_the_rank_it_was_given() {
    let found = matrix(Strategy::Lora(Default::default()));
    assert_eq!(found.shape, [16, 48]);
    // Rank 8 of 16: the ninth singular value is rounding.
    assert!(found.singular_values[7] > 0.0);
    assert!(found.singular_values[8] < 1e-3 * found.singular_values[0]);
    let (a, b) = found.lora.unwrap();
    assert_eq!((a.rows, a.columns, b.rows, b.columns), (8, 16, 48, 8));
}

#[test]
fn a_full_update_has_no_such_rank() {
    let found = matrix(Strategy::Full);
    assert!(found.lora.is_none());
    assert!(found.singular_values[8] > 1e-3 * found.singular_values[0]);
}

#[test]
fn a_matrix_that_is_not_there_is_named() {
    let then = Command::InspectMatrix(asks::InspectMatrix { name: "h.9".into() });
    let events = after_run(Strategy::Full, then);
    assert!(errors(&events)[0].to_string().contains("h.9"));
    let unasked = say(load()
        .into_iter()
        .chain([Command::InspectUpdates(asks::InspectUpdates {})])
        .collect());
    assert!(errors(&unasked)[0].to_string().contains("make a run"));
}

#[test]
fn steps_on_one_example_raise_its_probability() {
    let ask = Command::TrainOnExample(asks::TrainOnExample {
        text: "a good film number 0".into(),
        label: 1,
        steps: 5,
        learning_rate: 1e-2,
    });
    let events = say(load().into_iter().chain([ask]).collect());
    let Some(Event::Answered(Reply::TrainOnExample(rows))) = events.last() else {
        panic!("{events:?}");
    };
    assert_eq!(rows.len(), 6);
    assert_eq!(rows[0].update_norm, 0.0);
    assert!(rows[5].probability > rows[0].probability);
    assert!(rows[5].update_norm > rows[1].update_norm);
    assert!((rows[0].loss_nats + rows[0].probability.ln()).abs() < 1e-9);
    assert!(rows[0].gradient_norm.is_some() && rows[5].gradient_norm.is_none());
}

#[test]
fn the_language_model_is_asked_for_a_word() {
    let ask = |shots| {
        Command::ScorePrompts(asks::ScorePrompts {
            split: Split::Test,
            shots,
            most_examples: 100,
            seed: 1,
            weights: WeightsChoice::Base,
        })
    };
    let events = say(load().into_iter().chain([ask(0), ask(2)]).collect());
    let scores: Vec<&PromptScores> = events
        .iter()
        .filter_map(|event| match event {
            Event::Answered(Reply::ScorePrompts(scores)) => Some(&**scores),
            _ => None,
        })
        .collect();
    assert_eq!(scores[0].examples, 6);
    assert_eq!(scores[0].words, [" bad", " good"]);
    assert!(!scores[0].prompt.contains(" good.") && scores[1].prompt.contains(" good."));
    assert!((0.0..=1.0).contains(&scores[1].calibrated_accuracy));
    assert!(scores[1].longest_tokens > scores[0].longest_tokens);
}

#[test]
fn untrained_weights_continue_otherwise() {
    let ask = |weights| {
        Command::Probe(asks::Probe {
            text: "a good".into(),
            weights,
        })
    };
    let choices = [
        WeightsChoice::Base,
        WeightsChoice::Random,
        WeightsChoice::Random,
    ];
    let events = say(load().into_iter().chain(choices.map(ask)).collect());
    let probes: Vec<&Probe> = events
        .iter()
        .filter_map(|event| match event {
            Event::Answered(Reply::Probe(probe)) => Some(&**probe),
            _ => None,
        })
        .collect();
    assert_ne!(probes[0].next, probes[1].next);
    assert_eq!(probes[1].next, probes[2].next);
}
