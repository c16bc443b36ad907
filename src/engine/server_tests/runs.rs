//! What a run leaves alone, what it moves, and what it forgets.

use super::*;

#[test]
fn a_lora_run_learns_and_leaves_the_base_alone() {
    let events = say([load(), vec![start(Strategy::Lora(Default::default()))]].concat());
    assert!(errors(&events).is_empty(), "{events:?}");
    let summary = events
        .iter()
        .find_map(|e| {
            if let Event::RunFinished { summary, .. } = e {
                Some(summary)
            } else {
                None
            }
        })
        .expect("the run ends");
    assert!(summary.frozen_proof.holds());
    assert_eq!(
        summary.frozen_proof.changed_trainable_tensors,
        summary.frozen_proof.trainable_tensors
    );
    assert_eq!(summary.after.accuracy, 1.0, "{summary:?}");
    let steps: usize = events
        .iter()
        .map(|e| {
            if let Event::StepsCompleted { steps, .. } = e {
                steps.len()
            } else {
                0
            }
        })
        .sum();
    assert_eq!(steps, 40, "every step is told once");
    let evaluated = events
        .iter()
        .filter(|e| matches!(e, Event::RunEvaluated { .. }))
        .count();
    assert_eq!(
        evaluated, 3,
        "before, at step 20, after; the last step's validation is the test"
    );
}

#[test]
fn a_full_run_has_nothing_frozen() {
    let events = say([load(), vec![start(Strategy::Full)]].concat());
    let proof = events.iter().find_map(|e| match e {
        Event::RunFinished { summary, .. } => Some(&summary.frozen_proof),
        _ => None,
    });
    assert_eq!(proof.map(|p| p.tensors), Some(0));
}

#[test]
fn every_strategy_that_adds_modules_trains_them_alone() {
    for strategy in [
        Strategy::Ia3(Default::default()),
        Strategy::Adapter(crate::settings::BottleneckSettings {
            bottleneck: 2,
            ..Default::default()
        }),
        Strategy::Prompt(crate::settings::PromptSettings { virtual_tokens: 2 }),
        Strategy::Prefix(crate::settings::PrefixSettings { virtual_tokens: 2 }),
    ] {
        let name = strategy.name();
        let mut command = start(strategy);
        if let Command::StartRun(asks::StartRun { settings, .. }) = &mut command {
            settings.max_length = 32;
        }
        let events = say([load(), vec![command]].concat());
        let proof = events.iter().find_map(|e| match e {
            Event::RunFinished { summary, .. } => Some(&summary.frozen_proof),
            _ => None,
        });
        let proof = proof.unwrap_or_else(|| panic!("{name}: {events:?}"));
        assert!(proof.holds() && proof.tensors > 0, "{name}");
        assert_eq!(
            proof.changed_trainable_tensors, proof.trainable_tensors,
            "{name}"
        );
    }
}

#[test]
fn what_is_forgotten_is_measured_before_during_and_after() {
    let text = Command::LoadGeneralText(asks::LoadGeneralText {
        passages_url: None,
        name: "stories".into(),
        url: "stories.txt".into(),
    });
    let run = start(Strategy::Full);
    let events = say([load(), vec![text, run]].concat());
    assert!(errors(&events).is_empty(), "{events:?}");
    let scored: Vec<(usize, f64)> = events
        .iter()
        .filter_map(|e| match e {
            Event::GeneralScored {
                step,
                score: GeneralScore::Language(loss),
                ..
            } => Some((*step, loss.nats_per_token)),
            _ => None,
        })
        .collect();
    let steps: Vec<usize> = scored.iter().map(|(step, _)| *step).collect();
    assert_eq!(steps, [0, 20, 40]);
    assert_ne!(scored[0].1, scored[2].1);
}
