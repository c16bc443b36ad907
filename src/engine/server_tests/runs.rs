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
    assert_eq!(summary.test.after.accuracy, 1.0, "{summary:?}");
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

/// Steps after which the validation split was looked at, in a run of 40 steps of two examples.
fn looks(change: fn(&mut TrainingSettings)) -> Vec<usize> {
    let Command::StartRun(mut start) = start(Strategy::Full) else {
        unreachable!()
    };
    start.settings.batch_size = 2;
    start.options.evaluations = 20;
    change(&mut start.settings);
    let events = say([load(), vec![Command::StartRun(start)]].concat());
    assert!(errors(&events).is_empty(), "{events:?}");
    let looks = validated(&events).into_iter();
    looks.map(|(step, _)| step).collect()
}

#[test]
fn a_look_comes_after_as_many_examples_as_it_takes_unless_something_depends_on_it() {
    // Six reviews are looked at.
    assert_eq!(looks(|_| {})[..3], [3, 6, 9]);
    assert_eq!(looks(|s| s.load_best_model_at_end = true)[..3], [2, 4, 6]);
    assert_eq!(looks(|s| s.eval_steps = 1)[..3], [1, 2, 3]);
    // Of 18 reviews in steps of two, ten times.
    assert_eq!(looks(|s| s.num_train_epochs = 10.0)[..3], [4, 8, 12]);
}

/// With the validation split scored before and after.
fn judged(strategy: Strategy) -> Command {
    let Command::StartRun(mut start) = start(strategy) else {
        unreachable!()
    };
    start.options.judges_validation = true;
    Command::StartRun(start)
}

#[test]
fn a_run_is_judged_on_validation_row_by_row_where_that_is_asked() {
    let events = say_after_run(
        [load(), vec![judged(Strategy::Lora(Default::default()))]].concat(),
        Some(Command::ReadRows(asks::ReadRows {
            split: Split::Validation,
            places: vec![1, 0, 9999],
        })),
    );
    assert!(errors(&events).is_empty(), "{events:?}");
    let summary = events.iter().find_map(|e| match e {
        Event::RunFinished { summary, .. } => Some(summary),
        _ => None,
    });
    let summary = summary.expect("the run ends");
    let found = summary.validation.as_ref().expect("it was asked for");
    let told = validated(&events);
    assert_eq!(told.first(), Some(&(0, found.before)));
    assert_eq!(told.last(), Some(&(40, found.after)));
    for split in [found, &summary.test] {
        let right = split.verdicts.right();
        assert_eq!(right.len(), split.after.examples);
        let share = right.iter().filter(|right| **right).count() as f64 / right.len() as f64;
        assert_eq!(share, split.after.accuracy);
        let classes = split.classes.as_ref().expect("a text has one label");
        let answered = classes
            .rows()
            .map(|(probabilities, truth)| probabilities.iter().all(|p| *p <= probabilities[truth]));
        assert_eq!(answered.collect::<Vec<_>>(), right, "in the same order");
    }
    assert!(!found.verdicts.are_of_the_rows_of(&summary.test.verdicts));
    let rows = events.iter().find_map(|e| match e {
        Event::Answered(Reply::ReadRows(rows)) => Some(rows),
        _ => None,
    });
    let texts: Vec<&str> = rows.unwrap().iter().map(|row| &row.text[..]).collect();
    assert_eq!(texts.len(), 2, "{texts:?}");
    assert_ne!(texts[0], texts[1]);
}

#[test]
fn a_lesson_does_not_pay_for_the_validation_split() {
    let events = say([load(), vec![start(Strategy::Lora(Default::default()))]].concat());
    let summary = events.iter().find_map(|e| match e {
        Event::RunFinished { summary, .. } => Some(summary),
        _ => None,
    });
    assert!(summary.unwrap().validation.is_none());
}
